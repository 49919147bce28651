import test from 'ava';
import {TemplateText, templateLineOf} from '../../src/findings/template-line.ts';

const template = `{{- if .Values.enabled }}
# a comment
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ include "web.name" . }}
spec:
  template:
    spec:
      {{- with .Values.pod }}
      securityContext:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      containers:
        - name: {{ .Chart.Name }}
          image: "{{ .Values.image }}:{{ .Values.tag }}"
          securityContext:
            privileged: true
          ports:
            {{- range .Values.ports }}
            - containerPort: {{ .port }}
              hostPort: {{ .port }}
            {{- end }}
        - name: sidecar
          image: sidecar
          securityContext:
            privileged: true
{{- end }}
`;

const rendered = `# Source: web/templates/a.yaml
apiVersion: apps/v1
kind: Deployment
metadata:
  name: my-web
spec:
  template:
    spec:
      securityContext:
        runAsUser: 0
      containers:
        - name: web
          image: "web:1.0"
          securityContext:
            privileged: true
          ports:
            - containerPort: 80
              hostPort: 80
            - containerPort: 81
              hostPort: 81
        - name: sidecar
          image: sidecar
          securityContext:
            privileged: true
`.split('\n');

/** The text of the template's line for the rendered line that is the `nth` to contain `text`. */
function found(text: string, nth = 0, of = template): string | undefined {
  const places = rendered.flatMap((line, at) => (line.includes(text) ? [at] : []));
  const line = templateLineOf(rendered, places[nth] ?? -1, new TemplateText(of));
  return line === undefined ? undefined : `${line}: ${of.split('\n')[line - 1]?.trim()}`;
}

test('a line is found by its text, or by what is around its expressions', t => {
  t.is(found('kind: Deployment'), '4: kind: Deployment');
  t.is(found('name: my-web'), '6: name: {{ include "web.name" . }}');
  t.is(found('image: "web'), '16: image: "{{ .Values.image }}:{{ .Values.tag }}"');
  t.is(found('hostPort: 80'), '22: hostPort: {{ .port }}');
  t.is(found('hostPort: 81'), '22: hostPort: {{ .port }}');
});

test('of the same lines, the one after the same lines', t => {
  t.is(found('privileged: true', 0), '18: privileged: true');
  t.is(found('privileged: true', 1), '27: privileged: true');
});

test('what a helper has written is at the field around it', t => {
  t.is(found('runAsUser: 0'), '11: securityContext:');
});

test('what is nowhere in the template has no line', t => {
  t.is(found('privileged: true', 0, '{{ include "all" . }}\n'), undefined);
  t.is(found('privileged: true', 0, ''), undefined);
  t.is(found('privileged: true', 0, '{{ . }}: {{ . }}\n- {{ . }}\n'), undefined);
});

test('a hostile template takes no long', t => {
  const line = `${'{{a}}x'.repeat(2000)}\n`;
  const text = new TemplateText(line.repeat(1000));
  const lines = ['kind: A', ...Array.from({length: 100}, () => `  ${'x'.repeat(2000)}`)];
  t.is(templateLineOf(lines, 100, text), undefined);
  t.is(templateLineOf(lines, 0, new TemplateText('kind: A\n'.repeat(100_000))), undefined);
});
