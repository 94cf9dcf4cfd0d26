import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { extname, join, resolve } from 'node:path';

/** A stand-in for the Waybill server, for the proof only: the API the clients are written against, in memory. */
export type StandIn = {
  readonly url: string;
  readonly calls: { path: string; authorization: string; body: unknown }[];
  readonly sent: { message: Record<string, unknown>; attachments: string[] }[];
  /** What the next answers do: as usual, refuse to track, never answer, or end the connection. */
  mode: 'ok' | 'noTrack' | 'silent' | 'away';
  /** Milliseconds every answer about a draft takes. */
  delay: number;
  defaults: { track: boolean; log: boolean };
  /** Access tokens given so far are refused from now on. */
  endAccess(): void;
  /** Nothing given so far is good any more, until `allow`. */
  revoke(): void;
  allow(): void;
  close(): Promise<void>;
};

const root = resolve(import.meta.dirname, '../../src/Waybill.Server/wwwroot/clients');
const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.xml': 'application/xml',
};
export const bccAddress = '1000001@bcc.waybill.test';
export const pixel = (draftId: string) => `<img src="http://track.localhost:5080/t/o/${draftId}.gif" width="1" height="1" alt="">`;

const officeScripts = '<script src="/demo/office/MicrosoftAjax.js"></script><script src="/demo/office/office.js"></script>';

/** What the real server has to send with these pages; the proof fails on any violation. */
const policies = {
  addin:
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'",
  simulator:
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
};

export async function startServer(): Promise<StandIn> {
  const server = createServer(certificate(), (request, response) => void answer(request, response).catch(() => response.destroy()));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  const url = `https://localhost:${typeof address === 'object' && address ? address.port : 0}`;
  const standIn: StandIn = { url, calls: [], sent: [], mode: 'ok', delay: 0, defaults: { track: false, log: false }, close: () => stop(server), endAccess: () => valid.clear(), revoke, allow: () => (refreshing = true) };
  const valid = new Set<string>();
  let refreshing = true;
  function revoke(): void {
    valid.clear();
    refreshing = false;
  }
  const approved = new Set<string>();
  let device = 0;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = new URL(request.url ?? '/', url).pathname;
    const bytes = await read(request);
    if (request.method === 'GET' && (await file(path, response))) return;
    const authorization = request.headers.authorization ?? '';
    if (path === '/connect/approve') {
      approved.add(new URL(request.url ?? '/', url).searchParams.get('code') ?? '');
      return reply(response, 200, '<title>Approved</title>Approved', 'text/html');
    }
    if (path === '/demo/outlook/send') return received(request, bytes, response);
    const form = String(request.headers['content-type']).startsWith('application/x-www-form-urlencoded');
    const body = form ? Object.fromEntries(new URLSearchParams(bytes.toString())) : bytes.length ? JSON.parse(bytes.toString()) : null;
    standIn.calls.push({ path, authorization, body });
    if (standIn.mode === 'silent' && path.startsWith('/compose')) return;
    if (standIn.mode === 'away' && path.startsWith('/compose')) return void response.destroy();
    if (path === '/compose/draft') await new Promise((done) => setTimeout(done, standIn.delay));
    if (path === '/connect/device') {
      const code = `CODE-${++device}`;
      const uri = `${url}/connect/approve`;
      const grant = { device_code: code, user_code: code, verification_uri: uri, verification_uri_complete: `${uri}?code=${code}`, expires_in: 600, interval: 1 };
      return json(response, 200, grant);
    }
    if (path === '/connect/token') {
      if (body.grant_type !== 'refresh_token' && !approved.has(body.device_code)) return json(response, 400, { error: 'authorization_pending' });
      if (body.grant_type === 'refresh_token' && !refreshing) return json(response, 400, { error: 'invalid_grant' });
      const access = `Bearer access-${++device}`;
      valid.add(access);
      return json(response, 200, { access_token: access.slice(7), refresh_token: `refresh-${Date.now()}`, expires_in: 900 });
    }
    if (path.startsWith('/compose') && path !== '/compose/send' && !valid.has(authorization)) return json(response, 401, { title: 'Sign in' });
    if (path === '/compose/start')
      return json(response, 200, {
        account: { name: 'Northwind', id: 1000001 },
        user: { email: 'anna@northwind.test', name: 'Anna Kowalska', seat: 'sales' },
        bccAddress,
        defaults: standIn.defaults,
        canTrack: true,
        canTrackClicks: true,
        trackLabel: 'Track email opens and clicks',
      });
    if (path === '/compose/draft') return json(response, 200, draft(body, standIn.mode === 'noTrack'));
    if (path === '/compose/send')
      return json(response, 200, {
        html: body.track ? body.html.replaceAll(/href="(https?:\/\/(?!track)[^"]+)"/g, 'href="http://track.localhost:5080/t/c/token/$1"') : null,
        pixelHtml: body.track && !body.pixelAppended ? pixel('late') : null,
        headers: { 'X-Waybill-Draft': 'draft-1' },
        bcc: { add: [], remove: [] },
      });
    return json(response, 404, { title: 'Not here' });
  }

  async function received(request: IncomingMessage, bytes: Buffer, response: ServerResponse): Promise<void> {
    const data = await new Response(new Uint8Array(bytes), { headers: { 'content-type': request.headers['content-type'] ?? '' } }).formData();
    const message = JSON.parse(String(data.get('message'))) as Record<string, unknown>;
    if (message['subject'] === 'refuse me') return json(response, 502, { title: 'Not sent', detail: 'The mail server refused the recipient.' });
    standIn.sent.push({ message, attachments: data.getAll('attachment').map((a) => (a instanceof File ? a.name : '')) });
    return reply(response, 202, '', 'text/plain');
  }

  async function file(path: string, response: ServerResponse): Promise<boolean> {
    const mounts: [RegExp, string][] = [
      [/^\/demo\/outlook\/?$/, 'simulator/index.html'],
      [/^\/demo\/outlook\/(.+)$/, 'simulator/$1'],
      [/^\/demo\/office\/(.+)$/, 'office/$1'],
      [/^\/addin\/(.+)$/, 'addin/$1'],
    ];
    const mount = mounts.find(([pattern]) => pattern.test(path));
    if (!mount) return false;
    const name = path.replace(...mount);
    const full = resolve(root, name);
    if (!full.startsWith(root)) return false;
    let content: Buffer | string;
    try {
      content = await readFile(full);
    } catch {
      return false;
    }
    const type = types[extname(full)] ?? 'application/octet-stream';
    if (/\.(html|xml)$/.test(full) || full.endsWith('events.js'))
      content = content.toString().replaceAll('<!--office.js-->', officeScripts).replaceAll('~host~', new URL(url).host);
    if (type.startsWith('text/html')) response.setHeader('content-security-policy', name.startsWith('addin') ? policies.addin : policies.simulator);
    reply(response, 200, content, type);
    return true;
  }
  return standIn;
}

type DraftBody = { draftId?: string; recipients: { address: string; name: string }[]; track: boolean; log: boolean };

function draft(body: DraftBody, refuse: boolean): object {
  const people = body.recipients.map((r) => ({
    address: r.address,
    name: r.name === r.address ? 'Lena Adler' : r.name,
    contactId: '7',
    company: 'Contoso',
    owner: 'you',
    lastTouch: 'last touch Fri',
  }));
  const first = people[0];
  const who = people.length === 1 ? `${first?.name}, Contoso` : `${people.length} recipients`;
  return {
    draftId: body.draftId ?? 'draft-1',
    ticket: 'ticket-1',
    pixelHtml: body.track && !refuse ? pixel('draft-1') : null,
    bccAddress,
    track: refuse
      ? { allowed: false, sentence: `${who} — will not be tracked`, reason: { text: 'Jan Zieliński has no legal basis for processing.', actionText: 'Set it', actionUrl: '/contacts/1' } }
      : { allowed: true, sentence: body.track ? `${who} — will be tracked` : `${who} — will not be tracked` },
    log: {
      sentence: 'Contact · Contoso · 2 deals',
      records: [
        { id: '7', type: 'contact', name: first?.name ?? 'Nobody', why: 'Recipient' },
        { id: '8', type: 'company', name: 'Contoso', why: 'Her primary company' },
        { id: '9', type: 'deal', name: 'Offer Q4, 120 scanners', detail: '€48,000', why: 'Her open deal, closes 12 Dec' },
        { id: '10', type: 'contact', name: 'p.wisniewski@contoso.test', why: 'In Cc, owner: you', willBeCreated: true },
      ],
    },
    recipients: people,
  };
}

const json = (response: ServerResponse, status: number, body: unknown) =>
  reply(response, status, JSON.stringify(body), status < 400 ? 'application/json' : 'application/problem+json');

function reply(response: ServerResponse, status: number, body: string | Buffer, type: string): void {
  response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' });
  response.end(body);
}

async function read(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function certificate(): { key: Buffer; cert: Buffer } {
  const folder = mkdtempSync(join(tmpdir(), 'waybill-proof-'));
  try {
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
    execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', ...subject, '-keyout', key, '-out', cert], { stdio: 'ignore' });
    return { key: readFileSync(key), cert: readFileSync(cert) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function stop(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((done) => server.close(() => done()));
}
