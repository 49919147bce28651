// Written by `npm run known-images` from scripts/images/known-images.yaml.
import type {KnownTable} from './entry.ts';

export const table: KnownTable = {
  day: '2026-12-01',
  images: {
    'docker.io/jenkins/jenkins': [
      {
        since: '2.479',
        until: '2.479',
        endings: [ 'jdk17', 'jdk21', 'lts-jdk17', 'lts-jdk21' ],
        user: 'jenkins',
        uid: 1000,
        ports: [ '50000/tcp', '8080/tcp' ],
        volumes: [ '/var/jenkins_home' ]
      }
    ],
    'docker.io/library/memcached': [
      {
        since: '1.6',
        until: '1.6.38',
        endings: [ 'alpine', 'bookworm' ],
        user: 'memcache',
        uid: 11211,
        ports: [ '11211/tcp' ],
        writes: []
      }
    ],
    'docker.io/library/nginx': [
      {
        since: '1.18',
        until: '1.31',
        endings: [ 'alpine', 'alpine-slim', 'bookworm', 'trixie' ],
        user: '',
        uid: 0,
        ports: [ '80/tcp' ],
        writes: [ '/run', '/tmp', '/var/cache/nginx' ],
        instead: 'docker.io/nginxinc/nginx-unprivileged, which runs as 101 and listens on 8080'
      }
    ],
    'docker.io/library/postgres': [
      {
        since: '14',
        until: '17',
        endings: [ 'alpine', 'bookworm' ],
        user: '',
        uid: 0,
        ports: [ '5432/tcp' ],
        volumes: [ '/var/lib/postgresql/data' ],
        writes: [ '/tmp', '/var/run/postgresql' ],
        instead: 'the same image with the `runAsUser` of its user postgres (999, in Alpine 70), if the data folder belongs to that user'
      }
    ],
    'docker.io/library/rabbitmq': [
      {
        since: '3.13',
        until: '3.13.7',
        endings: [ 'management' ],
        user: '',
        uid: 0,
        ports: [
          '4369/tcp',
          '5671/tcp',
          '5672/tcp',
          '15691/tcp',
          '15692/tcp',
          '25672/tcp'
        ],
        volumes: [ '/var/lib/rabbitmq' ],
        instead: 'the same image with `runAsUser` 999, which is its user rabbitmq'
      }
    ],
    'docker.io/nginxinc/nginx-unprivileged': [
      {
        since: '1.18',
        until: '1.28',
        endings: [ 'alpine', 'bookworm' ],
        user: '101',
        uid: 101,
        ports: [ '8080/tcp' ],
        writes: [ '/tmp' ]
      }
    ],
    'quay.io/nginx/nginx-unprivileged': [
      {
        since: '1.18',
        until: '1.28',
        endings: [ 'alpine', 'bookworm' ],
        user: '101',
        uid: 101,
        ports: [ '8080/tcp' ],
        writes: [ '/tmp' ]
      }
    ]
  }
};
