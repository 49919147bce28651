import {serialTestWithTools} from '../tools/with-tools.ts';

/** Declares a test that starts its own control plane. */
export const clusterTest = serialTestWithTools('control-plane');
