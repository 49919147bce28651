import type {PinnedPackage} from '../fetch-package.ts';

/** The texts of licenses, by their SPDX names. */
export const licenseList: PinnedPackage = {
  name: 'spdx-license-list',
  version: '6.12.0',
  integrity:
    'sha512-+nUYqm3aZMSHbjsthK+i/HHI2okTElCvqwUd4k8QcSk+FTGgjq+fsdFj2wZOaX6XmR2JdWhf/NeflNnvKOjcnQ==',
};
