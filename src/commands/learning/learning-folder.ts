/** Below the state: what was looked at in vain, a file for each project. */
export const learningFolder = 'learning';
