/**
 * The relay inside of a box, in perl, which every Debian root has. It listens at each port of 127.0.0.1 that its first
 * arguments name, hands every connection on to the socket of that name beside it, and becomes the program after `--`.
 * For a port that leads in (`in-PORT`) it keeps some connections to the socket of that name ready; the host's relay
 * writes one byte when somebody outside has connected, and from then on the connection is one to the port of 127.0.0.1.
 * The relay itself is nobody's child by then: no program of the box waits for it, and it ends with the box.
 */
export const relayProgram = String.raw`use strict;
use warnings;
use Errno qw(EAGAIN EINPROGRESS EINTR);
use Fcntl qw(F_GETFL F_SETFL O_NONBLOCK);
use Socket;

my $most = 200;
my $chunk = 65536;
my $ready = 4;
(my $folder = $0) =~ s{/[^/]*$}{};
my (@listening, @leading);
while (@ARGV) {
  my $port = shift @ARGV;
  last if $port eq '--';
  if ($port =~ /^in-([0-9]+)$/) { push @leading, [$1, "$folder/$port"]; next }
  socket(my $listener, PF_INET, SOCK_STREAM, 0) or fail("socket: $!");
  setsockopt($listener, SOL_SOCKET, SO_REUSEADDR, pack('l', 1));
  bind($listener, sockaddr_in($port, INADDR_LOOPBACK)) or fail("port $port: $!");
  listen($listener, 64) or fail("port $port: $!");
  push @listening, [$listener, "$folder/$port"];
}
my $middle = fork() // fail("fork: $!");
if ($middle == 0) {
  exit 0 if fork() // fail("fork: $!");
  serve();
}
waitpid($middle, 0);
exec { $ARGV[0] } @ARGV or fail("$ARGV[0]: $!");

sub fail {
  print STDERR "cargo-boxed: a door cannot be opened: $_[0]\n";
  exit 70;
}

sub serve {
  $SIG{PIPE} = 'IGNORE';
  open(STDIN, '<', '/dev/null');
  open(STDOUT, '>', '/dev/null');
  open(STDERR, '>', '/dev/null');
  my (%handle, %peer, %waiting, %ended, %closed, %idle);
  my $pair = sub {
    for ([@_], [reverse @_]) {
      my ($own, $other) = @$_;
      fcntl($own, F_SETFL, fcntl($own, F_GETFL, 0) | O_NONBLOCK);
      $handle{fileno $own} = $own;
      $peer{fileno $own} = fileno $other;
      $waiting{fileno $own} = '';
    }
  };
  my $wait = sub {
    my ($port, $path) = @{$_[0]};
    socket(my $outer, PF_UNIX, SOCK_STREAM, 0) or return;
    connect($outer, sockaddr_un($path)) or return;
    $idle{fileno $outer} = [$outer, $_[0]];
  };
  for my $way (@leading) { $wait->($way) for 1 .. $ready }
  my $drop = sub {
    my $own = shift;
    my $other = $peer{$own};
    for my $number ($own, $other) {
      close(delete $handle{$number});
      delete $_->{$number} for \%peer, \%waiting, \%ended, \%closed;
    }
  };
  while (1) {
    my ($readable, $writable) = ('', '');
    if (keys(%handle) < 2 * $most) {
      vec($readable, fileno($_->[0]), 1) = 1 for @listening;
    }
    vec($readable, $_, 1) = 1 for keys %idle;
    for my $number (keys %handle) {
      vec($readable, $number, 1) = 1 if !$ended{$number} && length($waiting{$peer{$number}}) < $chunk;
      vec($writable, $number, 1) = 1 if length $waiting{$number};
    }
    next if select($readable, $writable, undef, undef) < 0;
    for my $number (keys %handle) {
      next unless exists $handle{$number};
      if (vec($readable, $number, 1)) {
        my $count = sysread($handle{$number}, my $bytes, $chunk);
        if ($count) { $waiting{$peer{$number}} .= $bytes }
        elsif (defined $count) { $ended{$number} = 1 }
        elsif ($! != EAGAIN && $! != EINTR) { $drop->($number); next }
      }
      if (length $waiting{$number}) {
        my $count = syswrite($handle{$number}, $waiting{$number});
        if (defined $count) { substr($waiting{$number}, 0, $count) = '' }
        elsif ($! != EAGAIN && $! != EINTR) { $drop->($number); next }
      }
    }
    for my $number (keys %handle) {
      next unless exists $handle{$number} && $ended{$peer{$number}} && !length $waiting{$number};
      shutdown($handle{$number}, 1) unless $closed{$number}++;
      $drop->($number) if $ended{$number} && !length $waiting{$peer{$number}};
    }
    for my $number (keys %idle) {
      next unless vec($readable, $number, 1);
      my ($outer, $way) = @{delete $idle{$number}};
      my $count = sysread($outer, my $byte, 1) or next;
      $wait->($way);
      socket(my $inner, PF_INET, SOCK_STREAM, 0) or next;
      $pair->($inner, $outer);
      my $connected = connect($inner, sockaddr_in($way->[0], INADDR_LOOPBACK));
      $drop->(fileno $inner) unless $connected || $! == EINPROGRESS;
    }
    for (@listening) {
      my ($listener, $path) = @$_;
      next unless vec($readable, fileno($listener), 1);
      accept(my $inner, $listener) or next;
      socket(my $outer, PF_UNIX, SOCK_STREAM, 0) or next;
      connect($outer, sockaddr_un($path)) or next;
      $pair->($inner, $outer);
    }
  }
}
`;
