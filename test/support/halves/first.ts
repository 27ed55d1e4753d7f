import { importHalf } from './import-half.ts';

importHalf(0);
