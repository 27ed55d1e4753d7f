# The functions of nixpkgs' lib that our expression and the stand-in use.
let
  escape = builtins.replaceStrings [ "." "+" "*" "?" "(" ")" "[" "]" "{" "}" "^" "$" "|" "\\" ] [ "\\." "\\+" "\\*" "\\?" "\\(" "\\)" "\\[" "\\]" "\\{" "\\}" "\\^" "\\$" "\\|" "\\\\" ];
in
rec {
  inherit (builtins) concatMap;
  optionals = condition: list: if condition then list else [ ];
  optionalAttrs = condition: set: if condition then set else { };
  splitString = separator: text: builtins.filter builtins.isString (builtins.split (escape separator) text);
  hasAttrByPath = path: set:
    path == [ ]
    || (builtins.isAttrs set && set ? ${builtins.head path} && hasAttrByPath (builtins.tail path) set.${builtins.head path});
  attrByPath = path: default: set:
    if path == [ ] then set
    else if builtins.isAttrs set && set ? ${builtins.head path} then attrByPath (builtins.tail path) default set.${builtins.head path}
    else default;
  getBin = one: one.bin or one;
  makeLibraryPath = packages: builtins.concatStringsSep ":" (map (one: "${one.lib or one}/lib") packages);
}
