import { importHalf } from './import-half.ts';

importHalf(1);
