# Of each name whether this nixpkgs has it and whether it evaluates to something that can be built.
{ source, names, system ? "x86_64-linux" }:
let
  pkgs = import source { inherit system; config = { }; overlays = [ ]; };
  inherit (pkgs) lib;
  state = name:
    let path = lib.splitString "." name; in
    if !(lib.hasAttrByPath path pkgs) then "missing"
    else if (builtins.tryEval (builtins.stringLength (lib.attrByPath path null pkgs).drvPath > 0)).success then "evaluates"
    else "refused";
in
{
  version = lib.version or "unknown";
  states = builtins.listToAttrs (map (name: { inherit name; value = state name; }) (builtins.fromJSON names));
}
