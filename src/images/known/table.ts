// Written by `npm run known-images` from scripts/images/known-images.yaml.
import type {KnownTable} from './entry.ts';

export const table: KnownTable = {
  day: '2026-12-01',
  images: {
    'docker.io/coredns/coredns': [
      {
        since: '1.1.4',
        until: '1.10.1',
        user: '',
        uid: 0,
        ports: [ '53/tcp', '53/udp' ],
        instead: 'version 1.11 or later, which runs as 65532'
      },
      {
        since: '1.11.0',
        until: '1.14.6',
        user: 'nonroot:nonroot',
        uid: 65532,
        gid: 65532,
        ports: [ '53/tcp', '53/udp' ]
      },
      {
        since: '1.14.7',
        until: '1.14.7',
        user: '65532:65532',
        uid: 65532,
        gid: 65532,
        ports: [ '53/tcp', '53/udp' ]
      }
    ],
    'docker.io/danielqsj/kafka-exporter': [
      {
        since: '1.8.0',
        until: '1.9.0',
        user: 'nobody',
        uid: 65534,
        ports: [ '9308/tcp' ]
      }
    ],
    'docker.io/falcosecurity/falcosidekick': [
      {
        since: '2.12.0',
        until: '2.34.1',
        user: '1234',
        uid: 1234,
        ports: [ '2801/tcp' ]
      }
    ],
    'docker.io/grafana/loki': [
      {
        since: '2.7.0',
        until: '3.7.6',
        user: '10001',
        uid: 10001,
        ports: [ '3100/tcp' ]
      }
    ],
    'docker.io/jenkins/jenkins': [
      {
        since: '2.515',
        until: '2.578',
        endings: [ 'jdk21', 'lts', 'lts-jdk21' ],
        user: 'jenkins',
        uid: 1000,
        ports: [ '50000/tcp', '8080/tcp' ],
        volumes: [ '/var/jenkins_home' ]
      }
    ],
    'docker.io/kbudde/rabbitmq-exporter': [
      {
        since: '1.0.0',
        until: '1.0.0',
        user: '65535:65535',
        uid: 65535,
        gid: 65535,
        ports: [ '9419/tcp' ]
      }
    ],
    'docker.io/kiwigrid/k8s-sidecar': [
      {
        since: '1.0.0',
        until: '2.10.1',
        user: '65534:65534',
        uid: 65534,
        gid: 65534
      }
    ],
    'docker.io/library/haproxy': [
      {
        since: '2.4.1',
        until: '3.5.3',
        endings: [ 'alpine', 'bookworm', 'bullseye', 'trixie' ],
        user: 'haproxy',
        uid: 99
      }
    ],
    'docker.io/library/httpd': [
      {
        since: '2.4.18',
        until: '2.4.68',
        endings: [ 'alpine', 'bookworm', 'trixie' ],
        user: '',
        uid: 0,
        ports: [ '80/tcp' ]
      }
    ],
    'docker.io/library/mariadb': [
      {
        since: '10.6.0',
        until: '11.8.8',
        user: '',
        uid: 0,
        ports: [ '3306/tcp' ],
        volumes: [ '/var/lib/mysql' ]
      }
    ],
    'docker.io/library/memcached': [
      {
        since: '1.5.11',
        until: '1.6.45',
        endings: [ 'alpine', 'bookworm', 'trixie' ],
        user: 'memcache',
        uid: 11211,
        ports: [ '11211/tcp' ]
      }
    ],
    'docker.io/library/mongo': [
      {
        since: '6.0.1',
        until: '8.3.4',
        user: '',
        uid: 0,
        ports: [ '27017/tcp' ],
        volumes: [ '/data/configdb', '/data/db' ],
        instead: 'the same image with `runAsUser` 999, which is its user mongodb, if the data folder belongs to that user'
      }
    ],
    'docker.io/library/mysql': [
      {
        since: '8.0.28',
        until: '9.7.1',
        endings: [ 'debian', 'oracle' ],
        user: '',
        uid: 0,
        ports: [ '3306/tcp', '33060/tcp' ],
        volumes: [ '/var/lib/mysql' ],
        instead: 'the same image with `runAsUser` 999, which is its user mysql, if the data folder belongs to that user'
      }
    ],
    'docker.io/library/nats': [
      {
        since: '2.10.8',
        until: '2.14.5',
        endings: [ 'alpine' ],
        user: '',
        uid: 0,
        ports: [ '4222/tcp', '6222/tcp', '8222/tcp' ]
      }
    ],
    'docker.io/library/nginx': [
      {
        since: '1.19.4',
        until: '1.30.0',
        endings: [ 'alpine', 'alpine-slim', 'bookworm', 'trixie' ],
        user: '',
        uid: 0,
        ports: [ '80/tcp' ],
        instead: 'docker.io/nginxinc/nginx-unprivileged, which runs as 101 and listens on 8080'
      }
    ],
    'docker.io/library/postgres': [
      {
        since: '14',
        until: '17.9',
        endings: [
          'alpine',     'alpine3.17',
          'alpine3.18', 'alpine3.19',
          'alpine3.20', 'alpine3.21',
          'alpine3.22', 'alpine3.23',
          'bookworm',   'bullseye',
          'trixie'
        ],
        user: '',
        uid: 0,
        ports: [ '5432/tcp' ],
        volumes: [ '/var/lib/postgresql/data' ],
        instead: 'the same image with the `runAsUser` of its user postgres (999, in Alpine 70), if the data folder belongs to that user'
      },
      {
        since: '18.0',
        until: '18.3',
        endings: [
          'alpine',
          'alpine3.21',
          'alpine3.22',
          'alpine3.23',
          'bookworm',
          'bullseye',
          'trixie'
        ],
        user: '',
        uid: 0,
        ports: [ '5432/tcp' ],
        volumes: [ '/var/lib/postgresql' ],
        instead: 'the same image with the `runAsUser` of its user postgres (999, in Alpine 70), if the data folder belongs to that user'
      }
    ],
    'docker.io/library/rabbitmq': [
      {
        since: '3.12.0',
        until: '4.3.2',
        endings: [ 'alpine', 'management', 'management-alpine' ],
        user: '',
        uid: 0,
        ports: [
          '15691/tcp',
          '15692/tcp',
          '25672/tcp',
          '4369/tcp',
          '5671/tcp',
          '5672/tcp'
        ],
        volumes: [ '/var/lib/rabbitmq' ],
        instead: 'the same image with `runAsUser` 999, in Alpine 100, which is its user rabbitmq'
      }
    ],
    'docker.io/library/redis': [
      {
        since: '6.2.0',
        until: '7.2.5',
        endings: [ 'alpine', 'bookworm' ],
        user: '',
        uid: 0,
        ports: [ '6379/tcp' ],
        volumes: [ '/data' ],
        instead: 'the same image with `runAsUser` 999, which is its user redis'
      }
    ],
    'docker.io/library/traefik': [
      {
        since: '3.0.2',
        until: '3.7.11',
        user: '',
        uid: 0,
        ports: [ '80/tcp' ],
        volumes: [ '/tmp' ],
        instead: 'the same image with `runAsUser` 65532, on ports from 1024 on, as its chart runs it'
      }
    ],
    'docker.io/natsio/prometheus-nats-exporter': [
      {
        since: '0.9.0',
        until: '0.20.1',
        user: '',
        uid: 0,
        ports: [ '7777/tcp' ]
      }
    ],
    'docker.io/nginx/nginx-prometheus-exporter': [
      {
        since: '0.9.0',
        until: '1.5.3',
        user: '1001:1001',
        uid: 1001,
        gid: 1001
      }
    ],
    'docker.io/nginxinc/nginx-unprivileged': [
      {
        since: '1.23.3',
        until: '1.31.3',
        endings: [ 'alpine', 'alpine-slim', 'bookworm', 'trixie' ],
        user: '101',
        uid: 101,
        ports: [ '8080/tcp' ]
      }
    ],
    'docker.io/oliver006/redis_exporter': [
      {
        since: '1.65.0',
        until: '1.88.0',
        endings: [ 'alpine' ],
        user: '59000:59000',
        uid: 59000,
        gid: 59000,
        ports: [ '9121/tcp' ]
      }
    ],
    'docker.io/openpolicyagent/gatekeeper': [
      {
        since: '3.7.0',
        until: '3.23.0',
        user: '65532:65532',
        uid: 65532,
        gid: 65532
      }
    ],
    'docker.io/percona/mongodb_exporter': [
      {
        since: '0.20.9',
        until: '0.53.0',
        user: '65535:65535',
        uid: 65535,
        gid: 65535,
        ports: [ '9216/tcp' ]
      }
    ],
    'docker.io/prom/alertmanager': [
      {
        since: '0.16.0',
        until: '0.34.0',
        user: 'nobody',
        uid: 65534,
        ports: [ '9093/tcp' ],
        volumes: [ '/alertmanager' ]
      }
    ],
    'docker.io/prom/blackbox-exporter': [
      {
        since: '0.19.0',
        until: '0.28.0',
        user: '',
        uid: 0,
        ports: [ '9115/tcp' ],
        writes: [],
        instead: 'the same image with `runAsUser` 65534, as kube-prometheus runs it'
      }
    ],
    'docker.io/prom/cloudwatch-exporter': [
      {
        since: '0.18.0',
        until: '0.18.0',
        user: '65534',
        uid: 65534,
        ports: [ '9106/tcp' ]
      }
    ],
    'docker.io/prom/consul-exporter': [
      {
        since: '0.6.0',
        until: '0.13.0',
        user: 'nobody',
        uid: 65534,
        ports: [ '9107/tcp' ]
      }
    ],
    'docker.io/prom/memcached-exporter': [
      {
        since: '0.6.0',
        until: '0.16.0',
        user: 'nobody',
        uid: 65534,
        ports: [ '9150/tcp' ]
      }
    ],
    'docker.io/prom/mysqld-exporter': [
      {
        since: '0.12.0',
        until: '0.20.0',
        user: 'nobody',
        uid: 65534,
        ports: [ '9104/tcp' ]
      }
    ],
    'docker.io/prom/node-exporter': [
      {
        since: '0.15.0',
        until: '1.3.0',
        user: 'nobody',
        uid: 65534,
        ports: [ '9100/tcp' ]
      },
      {
        since: '1.3.1',
        until: '1.12.1',
        user: 'nobody',
        uid: 65534,
        ports: [ '9100/tcp' ],
        writes: []
      }
    ],
    'docker.io/prom/prometheus': [
      {
        since: '2.0.0',
        until: '3.14.0',
        user: 'nobody',
        uid: 65534,
        ports: [ '9090/tcp' ],
        volumes: [ '/prometheus' ]
      }
    ],
    'docker.io/prom/pushgateway': [
      {
        since: '0.8.0',
        until: '1.11.3',
        user: '65534',
        uid: 65534,
        ports: [ '9091/tcp' ]
      }
    ],
    'docker.io/prom/snmp-exporter': [
      {
        since: '0.1.0',
        until: '0.30.1',
        user: '',
        uid: 0,
        ports: [ '9116/tcp' ]
      }
    ],
    'docker.io/prom/statsd-exporter': [
      {
        since: '0.10.1',
        until: '0.22.3',
        user: 'nobody',
        uid: 65534,
        ports: [ '9102/tcp', '9125/tcp', '9125/udp' ]
      },
      {
        since: '0.22.4',
        until: '0.30.0',
        user: '65534',
        uid: 65534,
        ports: [ '9102/tcp', '9125/tcp', '9125/udp' ]
      }
    ],
    'docker.io/prometheuscommunity/elasticsearch-exporter': [
      {
        since: '1.2.0',
        until: '1.11.0',
        user: 'nobody',
        uid: 65534,
        ports: [ '7979/tcp' ]
      }
    ],
    'docker.io/prometheuscommunity/json-exporter': [
      {
        since: '0.1.0',
        until: '0.7.0',
        user: 'nobody',
        uid: 65534,
        ports: [ '7979/tcp' ]
      }
    ],
    'docker.io/prometheuscommunity/postgres-exporter': [
      {
        since: '0.9.0',
        until: '0.20.1',
        user: 'nobody',
        uid: 65534,
        ports: [ '9187/tcp' ]
      }
    ],
    'docker.io/prometheuscommunity/prom-label-proxy': [ { since: '0.2.0', until: '0.14.0', user: 'nobody', uid: 65534 } ],
    'docker.io/stakater/reloader': [
      {
        since: '1.0.0',
        until: '1.4.21',
        user: '65532:65532',
        uid: 65532,
        gid: 65532,
        ports: [ '9090/tcp' ]
      }
    ],
    'ghcr.io/dexidp/dex': [
      {
        since: '2.25.0',
        until: '2.44.0',
        endings: [ 'alpine', 'distroless' ],
        user: '1001:1001',
        uid: 1001,
        gid: 1001
      }
    ],
    'ghcr.io/external-secrets/external-secrets': [ { since: '0.3.9', until: '2.9.0', user: '65534', uid: 65534 } ],
    'ghcr.io/kedacore/keda': [
      {
        since: '2.7.1',
        until: '2.20.2',
        user: '65532:65532',
        uid: 65532,
        gid: 65532
      }
    ],
    'ghcr.io/kedacore/keda-admission-webhooks': [
      {
        since: '2.10.0',
        until: '2.20.2',
        user: '65532:65532',
        uid: 65532,
        gid: 65532
      }
    ],
    'ghcr.io/kedacore/keda-metrics-apiserver': [
      {
        since: '2.7.1',
        until: '2.20.2',
        user: '65532:65532',
        uid: 65532,
        gid: 65532
      }
    ],
    'ghcr.io/stakater/reloader': [
      {
        since: '1.0.0',
        until: '1.4.21',
        user: '65532:65532',
        uid: 65532,
        gid: 65532,
        ports: [ '9090/tcp' ]
      }
    ],
    'quay.io/argoproj/argocd': [ { since: '2.0.0', until: '3.5.1', user: '999', uid: 999 } ],
    'quay.io/brancz/kube-rbac-proxy': [
      {
        since: '0.11.0',
        until: '0.21.0',
        user: '65532:65532',
        uid: 65532,
        gid: 65532,
        ports: [ '8080/tcp' ],
        writes: []
      },
      {
        since: '0.7.0',
        until: '0.10.0',
        user: '65532:65532',
        uid: 65532,
        gid: 65532,
        ports: [ '8080/tcp' ]
      }
    ],
    'quay.io/kiwigrid/k8s-sidecar': [
      {
        since: '1.0.0',
        until: '2.10.1',
        user: '65534:65534',
        uid: 65534,
        gid: 65534
      }
    ],
    'quay.io/nginx/nginx-unprivileged': [
      {
        since: '1.23.3',
        until: '1.31.3',
        endings: [ 'alpine', 'alpine-slim', 'bookworm', 'trixie' ],
        user: '101',
        uid: 101,
        ports: [ '8080/tcp' ]
      }
    ],
    'quay.io/oauth2-proxy/oauth2-proxy': [
      {
        since: '5.1.0',
        until: '7.2.1',
        user: '2000:2000',
        uid: 2000,
        gid: 2000
      },
      {
        since: '7.3.0',
        until: '7.5.1',
        user: '65532:65532',
        uid: 65532,
        gid: 65532
      }
    ],
    'quay.io/prometheus-operator/admission-webhook': [
      { since: '0.55.0', until: '0.93.0', user: 'nobody', uid: 65534 }
    ],
    'quay.io/prometheus-operator/prometheus-config-reloader': [
      { since: '0.43.0', until: '0.93.0', user: 'nobody', uid: 65534 }
    ],
    'quay.io/prometheus-operator/prometheus-operator': [
      {
        since: '0.53.1',
        until: '0.93.0',
        user: '65534',
        uid: 65534,
        writes: []
      }
    ],
    'quay.io/prometheus/alertmanager': [
      {
        since: '0.16.0',
        until: '0.34.0',
        user: 'nobody',
        uid: 65534,
        ports: [ '9093/tcp' ],
        volumes: [ '/alertmanager' ]
      }
    ],
    'quay.io/prometheus/blackbox-exporter': [
      {
        since: '0.19.0',
        until: '0.28.0',
        user: '',
        uid: 0,
        ports: [ '9115/tcp' ],
        writes: [],
        instead: 'the same image with `runAsUser` 65534, as kube-prometheus runs it'
      }
    ],
    'quay.io/prometheus/cloudwatch-exporter': [
      {
        since: '0.18.0',
        until: '0.18.0',
        user: '65534',
        uid: 65534,
        ports: [ '9106/tcp' ]
      }
    ],
    'quay.io/prometheus/consul-exporter': [
      {
        since: '0.6.0',
        until: '0.13.0',
        user: 'nobody',
        uid: 65534,
        ports: [ '9107/tcp' ]
      }
    ],
    'quay.io/prometheus/memcached-exporter': [
      {
        since: '0.6.0',
        until: '0.16.0',
        user: 'nobody',
        uid: 65534,
        ports: [ '9150/tcp' ]
      }
    ],
    'quay.io/prometheus/mysqld-exporter': [
      {
        since: '0.12.0',
        until: '0.20.0',
        user: 'nobody',
        uid: 65534,
        ports: [ '9104/tcp' ]
      }
    ],
    'quay.io/prometheus/node-exporter': [
      {
        since: '0.15.0',
        until: '1.3.0',
        user: 'nobody',
        uid: 65534,
        ports: [ '9100/tcp' ]
      },
      {
        since: '1.3.1',
        until: '1.12.1',
        user: 'nobody',
        uid: 65534,
        ports: [ '9100/tcp' ],
        writes: []
      }
    ],
    'quay.io/prometheus/prometheus': [
      {
        since: '2.0.0',
        until: '3.14.0',
        user: 'nobody',
        uid: 65534,
        ports: [ '9090/tcp' ],
        volumes: [ '/prometheus' ]
      }
    ],
    'quay.io/prometheus/pushgateway': [
      {
        since: '0.8.0',
        until: '1.11.3',
        user: '65534',
        uid: 65534,
        ports: [ '9091/tcp' ]
      }
    ],
    'quay.io/prometheus/snmp-exporter': [
      {
        since: '0.1.0',
        until: '0.30.1',
        user: '',
        uid: 0,
        ports: [ '9116/tcp' ]
      }
    ],
    'quay.io/prometheus/statsd-exporter': [
      {
        since: '0.10.1',
        until: '0.22.3',
        user: 'nobody',
        uid: 65534,
        ports: [ '9102/tcp', '9125/tcp', '9125/udp' ]
      },
      {
        since: '0.22.4',
        until: '0.30.0',
        user: '65534',
        uid: 65534,
        ports: [ '9102/tcp', '9125/tcp', '9125/udp' ]
      }
    ],
    'quay.io/prometheuscommunity/elasticsearch-exporter': [
      {
        since: '1.2.0',
        until: '1.11.0',
        user: 'nobody',
        uid: 65534,
        ports: [ '7979/tcp' ]
      }
    ],
    'quay.io/prometheuscommunity/json-exporter': [
      {
        since: '0.1.0',
        until: '0.7.0',
        user: 'nobody',
        uid: 65534,
        ports: [ '7979/tcp' ]
      }
    ],
    'quay.io/prometheuscommunity/postgres-exporter': [
      {
        since: '0.9.0',
        until: '0.20.1',
        user: 'nobody',
        uid: 65534,
        ports: [ '9187/tcp' ]
      }
    ],
    'quay.io/prometheuscommunity/prom-label-proxy': [ { since: '0.2.0', until: '0.14.0', user: 'nobody', uid: 65534 } ],
    'quay.io/thanos/thanos': [ { since: '0.32.0', until: '0.42.4', user: '1001', uid: 1001 } ],
    'registry.k8s.io/coredns/coredns': [
      {
        since: '1.1.4',
        until: '1.10.1',
        user: '',
        uid: 0,
        ports: [ '53/tcp', '53/udp' ],
        instead: 'version 1.11 or later, which runs as 65532'
      },
      {
        since: '1.11.0',
        until: '1.14.6',
        user: 'nonroot:nonroot',
        uid: 65532,
        gid: 65532,
        ports: [ '53/tcp', '53/udp' ]
      },
      {
        since: '1.14.7',
        until: '1.14.7',
        user: '65532:65532',
        uid: 65532,
        gid: 65532,
        ports: [ '53/tcp', '53/udp' ]
      }
    ],
    'registry.k8s.io/ingress-nginx/controller': [
      {
        since: '1.15.1',
        until: '1.15.1',
        user: 'www-data',
        uid: 101,
        ports: [ '443/tcp', '80/tcp' ]
      }
    ],
    'registry.k8s.io/kube-state-metrics/kube-state-metrics': [
      {
        since: '2.0.0',
        until: '2.2.4',
        user: 'nobody',
        uid: 65534,
        ports: [ '8080/tcp', '8081/tcp' ]
      },
      {
        since: '2.3.0',
        until: '2.20.0',
        user: 'nobody',
        uid: 65534,
        ports: [ '8080/tcp', '8081/tcp' ],
        writes: []
      }
    ],
    'registry.k8s.io/metrics-server/metrics-server': [
      {
        since: '0.4.0',
        until: '0.9.0',
        user: '65534',
        uid: 65534,
        writes: [ '/tmp' ]
      }
    ],
    'registry.k8s.io/prometheus-adapter/prometheus-adapter': [
      { since: '0.9.0', until: '0.9.0', user: '65534', uid: 65534 },
      {
        since: '0.9.1',
        until: '0.12.0',
        user: '65534',
        uid: 65534,
        writes: [ '/tmp' ]
      }
    ],
    'registry.k8s.io/sig-storage/csi-provisioner': [ { since: '2.1.0', until: '6.3.0', user: '', uid: 0 } ],
    'registry.k8s.io/sig-storage/livenessprobe': [ { since: '2.1.0', until: '2.19.0', user: '', uid: 0 } ]
  }
};
