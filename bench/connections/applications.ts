/** An application whose connections are known. */
export interface Application {
  readonly name: string;
  /** On GitHub. */
  readonly repository: string;
  /** The commit of which this is true. */
  readonly commit: string;
  /** The manifests in the repository. */
  readonly manifests: string;
  /** Where the connections were read. */
  readonly source: string;
  /** The workloads that each workload calls, separated by spaces. */
  readonly calls: Readonly<Record<string, string>>;
}

/**
 * Who calls whom in public applications, read in their own source and documentation, not in their
 * manifests. Ingress and clients outside the cluster are left out.
 */
export const applications: readonly Application[] = [
  {
    name: 'online-boutique',
    repository: 'GoogleCloudPlatform/microservices-demo',
    commit: '34ffea9175946982c3088ed84994fe6019ad6e92',
    manifests: 'release/kubernetes-manifests.yaml',
    source: 'src',
    calls: {
      frontend:
        'adservice cartservice checkoutservice currencyservice productcatalogservice recommendationservice shippingservice',
      checkoutservice:
        'cartservice currencyservice emailservice paymentservice productcatalogservice shippingservice',
      recommendationservice: 'productcatalogservice',
      cartservice: 'redis-cart',
      loadgenerator: 'frontend',
    },
  },
  {
    name: 'sock-shop',
    repository: 'microservices-demo/microservices-demo',
    commit: '9dff06fae4981921caec6a62393a6ebfce4b3e3f',
    manifests: 'deploy/kubernetes/complete-demo.yaml',
    source:
      'internal-docs/design.md and the images of front-end, orders, carts, catalogue, user, shipping and queue-master',
    calls: {
      'front-end': 'catalogue carts orders user session-db',
      catalogue: 'catalogue-db',
      carts: 'carts-db',
      orders: 'orders-db carts user payment shipping',
      shipping: 'rabbitmq',
      'queue-master': 'rabbitmq',
      user: 'user-db',
    },
  },
  {
    name: 'bookinfo',
    repository: 'istio/istio',
    commit: '86c9f01fd735fb01d8192f5bcaf0d424afb7f14c',
    manifests: 'samples/bookinfo/platform/kube/bookinfo.yaml',
    source: 'samples/bookinfo/src',
    calls: {
      'productpage-v1': 'details-v1 reviews-v1 reviews-v2 reviews-v3 ratings-v1',
      'reviews-v2': 'ratings-v1',
      'reviews-v3': 'ratings-v1',
    },
  },
  {
    name: 'robot-shop',
    repository: 'instana/robot-shop',
    commit: '55292e2199f2fb00a165b1f7d3045fe7f8922038',
    manifests: 'K8s/helm, rendered',
    source: 'web cart catalogue user shipping payment ratings dispatch',
    calls: {
      web: 'catalogue user cart shipping payment ratings',
      cart: 'redis catalogue',
      catalogue: 'mongodb',
      user: 'redis mongodb',
      shipping: 'mysql cart',
      ratings: 'mysql catalogue',
      payment: 'cart user rabbitmq',
      dispatch: 'rabbitmq',
    },
  },
  {
    name: 'otel-demo',
    repository: 'open-telemetry/opentelemetry-helm-charts',
    commit: 'dd5665c06f376c00a5e2147aa84b70c3d105ecfb',
    manifests: 'charts/opentelemetry-demo without its dependencies, rendered',
    source: 'compose.yaml and src of open-telemetry/opentelemetry-demo',
    calls: {
      accounting: 'kafka astronomy-db',
      agent: 'mcp frontend',
      cart: 'valkey-cart flagd',
      chatbot: 'agent',
      checkout: 'cart currency email payment product-catalog shipping kafka flagd',
      'fraud-detection': 'kafka flagd',
      frontend: 'ad cart checkout currency product-catalog recommendation shipping flagd',
      'frontend-proxy': 'frontend image-provider chatbot opamp-server telemetry-docs flagd',
      'load-generator': 'frontend-proxy flagd',
      mcp: 'frontend',
      'product-catalog': 'astronomy-db flagd',
      recommendation: 'product-catalog flagd',
      shipping: 'quote flagd',
      ad: 'flagd',
      email: 'flagd',
      payment: 'flagd',
    },
  },
  {
    name: 'teastore',
    repository: 'DescartesResearch/TeaStore',
    commit: '5ab1188e3e6b43ed000d23c83d93498cc749d890',
    manifests: 'examples/kubernetes/teastore-clusterip.yaml',
    source: 'services',
    calls: {
      'teastore-webui':
        'teastore-registry teastore-auth teastore-image teastore-persistence teastore-recommender',
      'teastore-auth': 'teastore-registry teastore-persistence',
      'teastore-image': 'teastore-registry teastore-persistence',
      'teastore-recommender': 'teastore-registry teastore-persistence',
      'teastore-persistence': 'teastore-registry teastore-db',
    },
  },
  {
    name: 'podinfo',
    repository: 'stefanprodan/podinfo',
    commit: 'eec06d1ea459af4cb4e10e806f8be7c7bd58b361',
    manifests: 'deploy/overlays/dev, built with kustomize',
    source: 'deploy/bases',
    calls: {
      frontend: 'backend cache',
      backend: 'cache',
      'warm-cache': 'frontend',
      'backup-daily': 'database-replica',
      'rollup-daily': 'database-replica',
      'rollup-weekly': 'database-replica',
    },
  },
  {
    name: 'voting-app',
    repository: 'dockersamples/example-voting-app',
    commit: '63e9150ca17af4ed05880d4245e486481f73fcb4',
    manifests: 'k8s-specifications',
    source: 'vote worker result',
    calls: {
      vote: 'redis',
      worker: 'redis db',
      result: 'db',
    },
  },
  {
    name: 'petclinic',
    repository: 'spring-petclinic/spring-petclinic-cloud',
    commit: '8aabe98751904463fa01bd0ec9052a95c6bd2aa8',
    manifests: 'k8s and k8s/init-services',
    source: 'spring-petclinic-api-gateway',
    calls: {
      'api-gateway': 'customers-service vets-service visits-service wavefront-proxy',
      'customers-service': 'wavefront-proxy',
      'vets-service': 'wavefront-proxy',
      'visits-service': 'wavefront-proxy',
    },
  },
  {
    name: 'aks-store',
    repository: 'Azure-Samples/aks-store-demo',
    commit: '7ce10c5110d6a52d3517dfb6d7a7b7b2edf2e5a5',
    manifests: 'aks-store-all-in-one.yaml',
    source: 'src',
    calls: {
      'order-service': 'rabbitmq',
      'makeline-service': 'rabbitmq documentdb',
      'store-front': 'order-service product-service',
      'store-admin': 'order-service product-service makeline-service',
      'virtual-customer': 'order-service',
      'virtual-worker': 'makeline-service',
    },
  },
  {
    name: 'emojivoto',
    repository: 'BuoyantIO/emojivoto',
    commit: 'e490d5789086e75933a474b22f9723fbfa0b29ba',
    manifests: 'kustomize/deployment, built with kustomize',
    source: 'emojivoto-web',
    calls: {
      web: 'emoji voting',
      'vote-bot': 'web',
    },
  },
  {
    name: 'bank-of-anthos',
    repository: 'GoogleCloudPlatform/bank-of-anthos',
    commit: 'd0af04743a6d951665169ca6370d15725ec51252',
    manifests: 'kubernetes-manifests',
    source: 'src',
    calls: {
      frontend: 'userservice contacts ledgerwriter balancereader transactionhistory',
      ledgerwriter: 'balancereader ledger-db',
      balancereader: 'ledger-db',
      transactionhistory: 'ledger-db',
      userservice: 'accounts-db',
      contacts: 'accounts-db',
      loadgenerator: 'frontend',
    },
  },
  {
    name: 'guestbook',
    repository: 'kubernetes/examples',
    commit: '279e8e4fe314f6cb7bc55fa3fbc21bbeaa48c0ea',
    manifests: 'web/guestbook/all-in-one/guestbook-all-in-one.yaml',
    source: 'web/guestbook/php-redis',
    calls: {
      frontend: 'redis-master redis-replica',
      'redis-replica': 'redis-master',
    },
  },
  {
    name: 'hotel-reservation',
    repository: 'delimitrou/DeathStarBench',
    commit: '6ecb09706140f8730b5385c08f1386c654c3c526',
    manifests: 'hotelReservation/kubernetes',
    source: 'hotelReservation/services, cmd and config.json',
    calls: {
      frontend: 'consul jaeger search profile recommendation user reservation',
      search: 'consul jaeger geo rate',
      geo: 'consul jaeger mongodb-geo',
      profile: 'consul jaeger mongodb-profile memcached-profile',
      rate: 'consul jaeger mongodb-rate memcached-rate',
      recommendation: 'consul jaeger mongodb-recommendation',
      reservation: 'consul jaeger mongodb-reservation memcached-reserve',
      user: 'consul jaeger mongodb-user',
    },
  },
  {
    name: 'social-network',
    repository: 'delimitrou/DeathStarBench',
    commit: '6ecb09706140f8730b5385c08f1386c654c3c526',
    manifests: 'socialNetwork/helm-chart/socialnetwork, rendered',
    source: 'socialNetwork/src and nginx-web-server',
    calls: {
      'nginx-thrift':
        'compose-post-service home-timeline-service social-graph-service user-service user-timeline-service jaeger',
      'compose-post-service':
        'home-timeline-service media-service post-storage-service text-service unique-id-service user-service user-timeline-service jaeger',
      'home-timeline-service':
        'home-timeline-redis post-storage-service social-graph-service jaeger',
      'media-service': 'jaeger',
      'post-storage-service': 'post-storage-memcached post-storage-mongodb jaeger',
      'social-graph-service': 'social-graph-mongodb social-graph-redis user-service jaeger',
      'text-service': 'url-shorten-service user-mention-service jaeger',
      'unique-id-service': 'jaeger',
      'url-shorten-service': 'url-shorten-memcached url-shorten-mongodb jaeger',
      'user-mention-service': 'user-memcached user-mongodb jaeger',
      'user-service': 'social-graph-service user-memcached user-mongodb jaeger',
      'user-timeline-service':
        'post-storage-service user-timeline-mongodb user-timeline-redis jaeger',
      'media-frontend': 'media-memcached media-mongodb',
    },
  },
  {
    name: 'media-microservices',
    repository: 'delimitrou/DeathStarBench',
    commit: '6ecb09706140f8730b5385c08f1386c654c3c526',
    manifests: 'mediaMicroservices/helm-chart/mediamicroservices, rendered',
    source: 'mediaMicroservices/src and nginx-web-server',
    calls: {
      'nginx-web-server':
        'cast-info-service movie-id-service movie-info-service plot-service text-service unique-id-service user-service jaeger',
      'cast-info-service': 'cast-info-memcached cast-info-mongodb jaeger',
      'compose-review-service':
        'compose-review-memcached movie-review-service review-storage-service user-review-service jaeger',
      'movie-id-service':
        'compose-review-service rating-service movie-id-memcached movie-id-mongodb jaeger',
      'movie-info-service': 'movie-info-memcached movie-info-mongodb jaeger',
      'movie-review-service':
        'movie-review-redis movie-review-mongodb review-storage-service jaeger',
      'page-service':
        'cast-info-service movie-info-service movie-review-service plot-service jaeger',
      'plot-service': 'plot-memcached plot-mongodb jaeger',
      'rating-service': 'compose-review-service rating-redis jaeger',
      'review-storage-service': 'review-storage-memcached review-storage-mongodb jaeger',
      'text-service': 'compose-review-service jaeger',
      'unique-id-service': 'compose-review-service jaeger',
      'user-review-service': 'review-storage-service user-review-redis user-review-mongodb jaeger',
      'user-service': 'compose-review-service user-memcached user-mongodb jaeger',
    },
  },
  {
    name: 'train-ticket',
    repository: 'FudanSELab/train-ticket',
    commit: '813dd01eec30386f673d7340a1b7eb605fcb5def',
    manifests: 'deployment/kubernetes-manifests/quickstart-k8s',
    source: 'ts-*/src and ts-ui-dashboard/nginx.conf',
    calls: {
      'ts-admin-basic-info-service':
        'ts-config-service ts-contacts-service ts-price-service ts-station-service ts-train-service',
      'ts-admin-order-service': 'ts-order-other-service ts-order-service',
      'ts-admin-route-service': 'ts-route-service',
      'ts-admin-travel-service': 'ts-travel-service ts-travel2-service',
      'ts-admin-user-service': 'ts-user-service',
      'ts-assurance-service': 'ts-assurance-mongo',
      'ts-auth-service': 'ts-verification-code-service',
      'ts-basic-service': 'ts-price-service ts-route-service ts-station-service ts-train-service',
      'ts-cancel-service':
        'ts-inside-payment-service ts-notification-service ts-order-other-service ts-order-service ts-user-service',
      'ts-config-service': 'ts-config-mongo',
      'ts-consign-price-service': 'ts-consign-price-mongo',
      'ts-consign-service': 'ts-consign-mongo ts-consign-price-service',
      'ts-contacts-service': 'ts-contacts-mongo',
      'ts-execute-service': 'ts-order-other-service ts-order-service',
      'ts-food-map-service': 'ts-food-map-mongo',
      'ts-food-service': 'ts-food-map-service ts-food-mongo ts-station-service ts-travel-service',
      'ts-inside-payment-service':
        'ts-inside-payment-mongo ts-order-other-service ts-order-service ts-payment-service',
      'ts-order-other-service': 'ts-order-other-mongo ts-station-service',
      'ts-order-service': 'ts-order-mongo ts-station-service',
      'ts-payment-service': 'ts-payment-mongo',
      'ts-preserve-other-service':
        'ts-assurance-service ts-consign-service ts-contacts-service ts-food-service ts-notification-service ts-order-other-service ts-seat-service ts-security-service ts-station-service ts-ticketinfo-service ts-travel2-service ts-user-service',
      'ts-preserve-service':
        'ts-assurance-service ts-consign-service ts-contacts-service ts-food-service ts-notification-service ts-order-service ts-seat-service ts-security-service ts-station-service ts-ticketinfo-service ts-travel-service ts-user-service',
      'ts-price-service': 'ts-price-mongo',
      'ts-rebook-service':
        'ts-inside-payment-service ts-order-other-service ts-order-service ts-seat-service ts-station-service ts-travel-service ts-travel2-service',
      'ts-route-plan-service':
        'ts-route-service ts-station-service ts-travel-service ts-travel2-service',
      'ts-route-service': 'ts-route-mongo',
      'ts-seat-service':
        'ts-config-service ts-order-other-service ts-order-service ts-travel-service ts-travel2-service',
      'ts-security-service': 'ts-order-other-service ts-order-service ts-security-mongo',
      'ts-station-service': 'ts-station-mongo',
      'ts-ticket-office-service': 'ts-ticket-office-mongo',
      'ts-ticketinfo-service': 'ts-basic-service',
      'ts-train-service': 'ts-train-mongo',
      'ts-travel-plan-service':
        'ts-route-plan-service ts-seat-service ts-station-service ts-ticketinfo-service ts-travel-service ts-travel2-service',
      'ts-travel-service':
        'ts-order-service ts-route-service ts-seat-service ts-ticketinfo-service ts-train-service ts-travel-mongo',
      'ts-travel2-service':
        'ts-order-other-service ts-route-service ts-seat-service ts-ticketinfo-service ts-train-service ts-travel2-mongo',
      'ts-ui-dashboard':
        'ts-admin-basic-info-service ts-admin-order-service ts-admin-route-service ts-admin-travel-service ts-admin-user-service ts-assurance-service ts-auth-service ts-avatar-service ts-basic-service ts-cancel-service ts-config-service ts-consign-service ts-contacts-service ts-execute-service ts-food-service ts-inside-payment-service ts-news-service ts-notification-service ts-order-other-service ts-order-service ts-payment-service ts-preserve-other-service ts-preserve-service ts-price-service ts-rebook-service ts-route-plan-service ts-route-service ts-security-service ts-station-service ts-ticket-office-service ts-ticketinfo-service ts-train-service ts-travel-plan-service ts-travel-service ts-travel2-service ts-user-service ts-verification-code-service ts-voucher-service',
      'ts-user-service': 'ts-auth-service',
      'ts-voucher-service': 'ts-order-other-service ts-order-service ts-voucher-mysql',
    },
  },
  {
    name: 'acme-fitness',
    repository: 'vmwarecloudadvocacy/acme_fitness_demo',
    commit: '594c3926e7ac417ca5b69125d2df31410043408a',
    manifests: 'kubernetes-manifests',
    source: 'kubernetes-manifests/README.md, docker-compose and the images',
    calls: {
      frontend: 'cart catalog order users',
      cart: 'cart-redis users',
      catalog: 'catalog-mongo users',
      order: 'order-postgres payment users',
      payment: 'users',
      pos: 'frontend',
      users: 'users-mongo users-redis',
    },
  },
  {
    name: 'microservice-kubernetes',
    repository: 'ewolff/microservice-kubernetes',
    commit: 'db3af1b3c933c48871fab74d45b466f2dfedb6a3',
    manifests: 'microservice-kubernetes-demo/microservices.yaml',
    source: 'microservice-kubernetes-demo: apache and the clients of the service order',
    calls: {
      apache: 'catalog customer order',
      order: 'catalog customer',
    },
  },
  {
    name: 'ftgo',
    repository: 'microservices-patterns/ftgo-application',
    commit: '558dfc53b11d30a5f1d995c0c6d58d5106c28189',
    manifests: 'deployment/kubernetes and */src/deployment/kubernetes',
    source: 'ftgo-*/src/main and ftgo-*/build.gradle',
    calls: {
      'ftgo-api-gateway': 'ftgo-consumer-service ftgo-order-history-service ftgo-order-service',
      'ftgo-accounting-service': 'ftgo-kafka ftgo-mysql',
      'ftgo-cdc-service': 'ftgo-kafka ftgo-mysql ftgo-zookeeper',
      'ftgo-consumer-service': 'ftgo-kafka ftgo-mysql',
      'ftgo-dynamodb-local-init': 'ftgo-dynamodb-local',
      'ftgo-kafka': 'ftgo-zookeeper',
      'ftgo-kitchen-service': 'ftgo-kafka ftgo-mysql',
      'ftgo-order-history-service': 'ftgo-dynamodb-local ftgo-kafka',
      'ftgo-order-service': 'ftgo-kafka ftgo-mysql',
      'ftgo-restaurant-service': 'ftgo-kafka ftgo-mysql',
    },
  },
  {
    name: 'retail-store',
    repository: 'aws-containers/retail-store-sample-app',
    commit: '1a28474f2461459f42e6b393db59e7d1434d4aec',
    manifests:
      'the charts in src with the databases of src/app/helmfile.yaml, rendered without hooks',
    source: 'src',
    calls: {
      ui: 'carts catalog checkout orders',
      carts: 'carts-dynamodb',
      catalog: 'catalog-mysql',
      checkout: 'checkout-redis orders',
      orders: 'orders-postgresql orders-rabbitmq',
    },
  },
  {
    name: 'supabase',
    repository: 'supabase-community/supabase-kubernetes',
    commit: 'e88d61f824c4d7178779a020e808531203e3376f',
    manifests: 'charts/supabase, rendered without hooks as the release supabase',
    source: 'the documentation of self-hosting, and the sources of the images',
    calls: {
      'supabase-supabase-kong':
        'supabase-supabase-auth supabase-supabase-functions supabase-supabase-meta supabase-supabase-realtime supabase-supabase-rest supabase-supabase-storage supabase-supabase-studio',
      'supabase-supabase-auth': 'supabase-supabase-db',
      'supabase-supabase-functions': 'supabase-supabase-db supabase-supabase-kong',
      'supabase-supabase-meta': 'supabase-supabase-db',
      'supabase-supabase-realtime': 'supabase-supabase-db',
      'supabase-supabase-rest': 'supabase-supabase-db',
      'supabase-supabase-storage':
        'supabase-supabase-db supabase-supabase-imgproxy supabase-supabase-rest',
      'supabase-supabase-studio':
        'supabase-supabase-db supabase-supabase-kong supabase-supabase-meta',
    },
  },
  {
    name: 'harbor',
    repository: 'goharbor/harbor-helm',
    commit: '70564d52f0ade16a481c6cd29efc8db863b487ce',
    manifests: 'the chart, rendered as the release harbor',
    source: 'src of goharbor/harbor and its overview of the architecture',
    calls: {
      'harbor-core':
        'harbor-database harbor-jobservice harbor-portal harbor-redis harbor-registry harbor-trivy',
      'harbor-jobservice': 'harbor-core harbor-redis harbor-registry harbor-trivy',
      'harbor-registry': 'harbor-redis',
      'harbor-trivy': 'harbor-core harbor-redis',
    },
  },
  {
    name: 'temporal',
    repository: 'temporalio/helm-charts',
    commit: 'e51b7344c9b2a04ee36b3ad52a13ffb688454fd7',
    manifests:
      'charts/temporal with values/values.postgresql.yaml, rendered without hooks as the release temporal',
    source: 'docs.temporal.io on the architecture of the service',
    calls: {
      'temporal-admintools': 'temporal-frontend',
      'temporal-frontend': 'temporal-history temporal-matching temporal-worker',
      'temporal-history': 'temporal-frontend temporal-matching temporal-worker',
      'temporal-matching': 'temporal-frontend temporal-history temporal-worker',
      'temporal-web': 'temporal-frontend',
      'temporal-worker': 'temporal-frontend temporal-history temporal-matching',
    },
  },
  {
    name: 'loki',
    repository: 'grafana/helm-charts',
    commit: '7a0ab968961a165318ab95ff678908c3b9bc3240',
    manifests: 'charts/loki-distributed, rendered as the release loki',
    source: 'the documentation of the components of Loki',
    calls: {
      'loki-loki-distributed-distributor':
        'loki-loki-distributed-ingester loki-loki-distributed-querier',
      'loki-loki-distributed-gateway':
        'loki-loki-distributed-distributor loki-loki-distributed-querier loki-loki-distributed-query-frontend',
      'loki-loki-distributed-ingester':
        'loki-loki-distributed-distributor loki-loki-distributed-querier',
      'loki-loki-distributed-querier':
        'loki-loki-distributed-distributor loki-loki-distributed-ingester loki-loki-distributed-query-frontend',
      'loki-loki-distributed-query-frontend': 'loki-loki-distributed-querier',
    },
  },
  {
    name: 'tempo',
    repository: 'grafana/helm-charts',
    commit: '7a0ab968961a165318ab95ff678908c3b9bc3240',
    manifests: 'charts/tempo-distributed without its dependencies, rendered as the release tempo',
    source: 'the documentation of the components of Tempo',
    calls: {
      'tempo-compactor': 'tempo-distributor tempo-ingester tempo-memcached tempo-querier',
      'tempo-distributor': 'tempo-compactor tempo-ingester tempo-querier',
      'tempo-ingester': 'tempo-compactor tempo-distributor tempo-memcached tempo-querier',
      'tempo-querier':
        'tempo-compactor tempo-distributor tempo-ingester tempo-memcached tempo-query-frontend',
      'tempo-query-frontend': 'tempo-memcached',
    },
  },
  {
    name: 'e-commerce',
    repository: 'venkataravuri/e-commerce-microservices-sample',
    commit: 'ec981a688b860104964010041717c64203972c5b',
    manifests: 'infra/k8s/*/overlays/local, built with kustomize',
    source: '*-cna-microservice and store-ui',
    calls: {
      'cart-deployment': 'redis-deployment',
      'products-deployment': 'mongo-deployment',
      'search-deployment': 'es-deployment',
    },
  },
];
