/** The API group of the Gateway API. */
export const gatewayGroup = 'gateway.networking.k8s.io';

/** The Gateway API's kinds of routes. */
export const gatewayRoutes = ['HTTPRoute', 'GRPCRoute', 'TLSRoute', 'TCPRoute', 'UDPRoute'];

/** The API groups of Ingress: the current and the former one. */
export const ingressGroups = ['networking.k8s.io', 'extensions'];

/** The API groups of OpenShift's Route: the current one, and the one from before API groups. */
export const openShiftGroups = ['route.openshift.io', ''];

/** The API groups of Istio's Gateway and VirtualService. */
export const istioGroup = 'networking.istio.io';

/** The API groups of Traefik's routes: the current one, and the one from before v3. */
export const traefikGroups = ['traefik.io', 'traefik.containo.us'];

/** Traefik's kinds of routes. */
export const traefikRoutes = ['IngressRoute', 'IngressRouteTCP', 'IngressRouteUDP'];

/** The API group of Contour's HTTPProxy. */
export const contourGroup = 'projectcontour.io';

const each = (groups: readonly string[], kinds: readonly string[]) =>
  Object.fromEntries(groups.map(group => [group, kinds]));

const gatewayKinds = ['Gateway', ...gatewayRoutes];

/** The kinds that route external traffic to a Service, by API group. */
export const publicKinds: Readonly<Record<string, readonly string[]>> = {
  ...each(ingressGroups, ['Ingress']),
  ...each(openShiftGroups, ['Route']),
  [gatewayGroup]: [...gatewayKinds, 'ListenerSet'],
  'gateway.networking.x-k8s.io': ['XListenerSet'],
  'networking.x-k8s.io': gatewayKinds,
  [istioGroup]: ['Gateway', 'VirtualService'],
  [contourGroup]: ['HTTPProxy'],
  ...each(traefikGroups, traefikRoutes),
};
