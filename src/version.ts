/** The version of the release; a test compares it with package.json and plugin.yaml. */
export const version = '0.1.0';
