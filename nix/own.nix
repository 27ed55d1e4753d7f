# A project's own environment: the shell of its `shell.nix` or of its flake, evaluated with what is pinned and nothing
# else. No feature of Nix that is an experiment is needed for a flake: its inputs are what `flake.lock` names, by sum.
#
# own: { kind = "file" | "flake"; path; shell; inputs: [{ node, url, narHash }] }; `path` is that of the file below
# `/project`, `shell` an attribute of what it comes to (null: what it is itself).
{ own, pkgs, source, system }:
let
  folder = "/project";
  startsWith = start: text: builtins.substring 0 (builtins.stringLength start) text == start;
  isOwn = path: let text = toString path; in text == folder || startsWith "${folder}/" text;

  # `<nixpkgs>` is the pinned one, in the project's own files; what they import of others is read as always.
  scope = {
    __findFile = _: name:
      if name == "nixpkgs" then source
      else if startsWith "nixpkgs/" name then source + builtins.substring 7 (-1) name
      else if startsWith "nix/" name then builtins.findFile [ ] name
      else throw "cargo-boxed: nothing pins <${name}>";
    import = path: if isOwn path then builtins.scopedImport scope path else builtins.import path;
  };

  # As `nix-shell` does: what has a default keeps it.
  given = { inherit pkgs system; inherit (pkgs) lib; nixpkgs = source; };
  call = value:
    if !builtins.isFunction value then value
    else
      let wants = builtins.functionArgs value;
      in value (builtins.intersectAttrs (removeAttrs wants (builtins.filter (name: wants.${name}) (builtins.attrNames wants))) given);

  found = pkgs.lib.splitString "." (if own.shell == null then "" else own.shell);
  select = path: value:
    if path == [ ] then value
    else if builtins.isAttrs value && value ? ${builtins.head path} then select (builtins.tail path) (call value.${builtins.head path})
    else throw "cargo-boxed: no shell ${own.shell} among: ${
      if builtins.isAttrs value then builtins.concatStringsSep " " (builtins.attrNames value) else ""}";

  ofFile =
    let value = call (scope.import "${folder}/${own.path}");
    in if own.shell == null then value else select found value;

  flakeFolder = dirOf "${folder}/${own.path}";
  lock = builtins.fromJSON (builtins.readFile "${flakeFolder}/flake.lock");
  sourceOf = node:
    let known = builtins.filter (input: input.node == node) own.inputs;
    in
    if known == [ ] then throw "cargo-boxed: the input ${node} of flake.lock is of a kind that is not fetched"
    else builtins.fetchTarball { inherit (builtins.head known) url; sha256 = (builtins.head known).narHash; };
  # A list is a way from the root: what an input follows.
  resolve = wanted: if builtins.isList wanted then walk lock.root wanted else wanted;
  walk = node: way: if way == [ ] then node else walk (resolve lock.nodes.${node}.inputs.${builtins.head way}) (builtins.tail way);
  inputsOf = node: builtins.mapAttrs (_: wanted: made.${resolve wanted}) (lock.nodes.${node}.inputs or { });
  made = builtins.mapAttrs
    (node: entry:
      let
        fetched = sourceOf node;
        about = removeAttrs (entry.locked or { }) [ "type" "owner" "repo" "url" ];
        outPath = if (entry.locked.dir or "") == "" then fetched else "${fetched}/${entry.locked.dir}";
      in
      if node == lock.root then flake (scope.import "${flakeFolder}/flake.nix") itself { } (inputsOf node)
      else if entry.flake or true then flake (import "${outPath}/flake.nix") outPath about (inputsOf node)
      else about // { inherit outPath; })
    lock.nodes;
  itself = builtins.path { path = /. + flakeFolder; name = "source"; };
  flake = text: outPath: about: inputs:
    let
      outputs = text.outputs (inputs // { self = result; });
      result = outputs // about // { inherit outPath inputs outputs; _type = "flake"; };
    in
    result;
  ofFlake =
    let
      shells = made.${lock.root}.devShells.${system} or { };
      old = made.${lock.root}.devShell.${system} or null;
    in
    if own.shell == "default" && !(shells ? default) && old != null then old else select found shells;

  shell = if own.kind == "flake" then ofFlake else ofFile;
in
if builtins.isAttrs shell && shell ? drvAttrs && shell.drvAttrs ? stdenv then shell
else throw "cargo-boxed: ${own.path} is no shell: it comes to ${
  if builtins.isAttrs shell then "a set of: ${builtins.concatStringsSep " " (builtins.attrNames shell)}" else "a ${builtins.typeOf shell}"}"
