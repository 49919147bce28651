/** Whether a text is the absolute path of a folder below the root, as Kubernetes takes it in `mountPath`. */
export const isFolder = (text: string): boolean =>
  /^(?:\/[^/\0:]+)+\/?$/.test(text) && !text.split('/').includes('..');

/** Whether a text is a port with its protocol: `8080/tcp`. */
export const isPort = (text: string): boolean => {
  const [, number = ''] = /^(\d{1,5})\/(?:tcp|udp|sctp)$/.exec(text) ?? [];
  return number !== '' && Number(number) >= 1 && Number(number) <= 65_535;
};
