/** The repository of an image, without tag and digest. A colon before the last slash is the port of a registry. */
export const repositoryOf = (image: string): string =>
  image.replace(/@.*$/s, '').replace(/:[^/:]*$/, '');
