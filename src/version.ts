/** The release's version; a test holds it to package.json and plugin.yaml. */
export const version = '0.1.0';
