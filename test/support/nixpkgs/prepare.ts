/** Makes the stand-in and the home that says where it is: a program of its own, so that both belong to who runs it. */
import { standIn } from './nix-home.ts';

console.log(standIn());
