import {asString, valueAt} from '../json.ts';
import type {ContainerWitness} from './witness.ts';

/** Images whose programs need privileges, whatever the command. */
export const privilegedImages =
  '(?:^|/)(?:docker:[^@]*dind|(?:docker-)?dind(?:[:@-]|$)|(?:buildkit|buildkitd|binfmt|qemu-user-static|podman|buildah|k3s|k0s|wireguard|wg-easy|openvpn|gluetun|tailscale|netbird|zerotier|strongswan|concourse|volume-nfs)(?:[:@]|$)|kindest/node(?:[:@]|$))';

const privilegedImage = new RegExp(privilegedImages);

export const isPrivilegedImage: ContainerWitness = ({name, value}) => {
  const image = asString(value['image']) ?? '';
  return privilegedImage.test(image)
    ? `container "${name}" runs the image "${image}", which does not work without privileges`
    : undefined;
};

/** Programs for devices attached to the node, that answer broadcasts on its network, or that send media from its address. */
export const deviceImages =
  '(?:^|/)(?:homeassistant|(?:[a-z0-9]+-)?home-?assistant|homebridge|openhab|esphome|scrypted|hyperion|plex|pms-docker|plex-media-server|jellyfin|emby|embyserver|tvheadend|minidlna|octoprint|zwavejs2mqtt|zwave-js-ui|zigbee2mqtt|deconz|frigate|wmbusmeters|rtl_433|ot-br-posix|matter-server|unifi(?:-controller)?|livekit-server|livekit/(?:ingress|sip)|coturn|jvb|asterisk|freeswitch|kamailio|rtpengine|janus|mediamtx|syncthing|avahi|dnsmasq|pihole|adguardhome)(?:[:@]|$)';

const deviceImage = new RegExp(deviceImages);

/**
 * They get devices through `privileged`, and broadcasts through `hostNetwork`, without any other
 * field.
 */
export const findsDevices: ContainerWitness = ({name, value}, pod) => {
  const image = asString(value['image']) ?? '';
  const sees =
    pod.value['hostNetwork'] === true || valueAt(value, ['securityContext', 'privileged']) === true;
  return sees && deviceImage.test(image)
    ? `container "${name}" runs the image "${image}", which works with devices of its node, or on its network`
    : undefined;
};

/** Images that start a runtime as a non-root user, with setuid programs. */
export const rootlessImages =
  '(?:^|/)(?:docker:[^@]*dind-rootless|(?:docker-)?dind-rootless(?:[:@]|$)|(?:buildkit|buildkitd):[^@]*rootless)';

const rootlessImage = new RegExp(rootlessImages);

export const isRootlessImage: ContainerWitness = ({name, value}) => {
  const image = asString(value['image']) ?? '';
  return rootlessImage.test(image)
    ? `container "${name}" runs the image "${image}", which creates user namespaces with setuid programs`
    : undefined;
};
