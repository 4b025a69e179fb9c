import { createHash } from "node:crypto";

/**
 * The page's script. It shows external text only as textContent, so the subject of a mail is never
 * treated as HTML.
 */
const SCRIPT = `
const rows = document.querySelector("tbody");
const empty = document.querySelector("#empty");
let last = 0;
const cell = (text, name = "") => Object.assign(document.createElement("td"), { textContent: text ?? "", className: name });
const short = (text) => { const line = cell(text?.length > 200 ? text.slice(0, 200) + " …" : text); line.title = text ?? ""; return line; };
const parse = (text) => { try { return JSON.parse(text) ?? {}; } catch { return {}; } };
function row({ n, received_at, path, body, verified }) {
  const { envelope, user_tag, email } = parse(body);
  const from = (envelope?.from ?? []).map((who) => who.address ?? who.mailbox + "@" + who.host).join(", ");
  const line = document.createElement("tr");
  line.append(
    cell(n, "number"), cell(new Date(received_at).toLocaleTimeString()), cell(user_tag),
    short(from || email), short(envelope ? envelope.subject : path),
    cell(verified ? "verified" : "not verified", verified ? "good" : "bad"),
  );
  return line;
}
async function refresh() {
  try {
    const received = await (await fetch("/received?after=" + last)).json();
    for (const webhook of received) rows.prepend(row(webhook));
    while (rows.children.length > 500) rows.lastChild.remove();
    last = received.at(-1)?.n ?? last;
    empty.hidden = rows.children.length > 0;
    document.body.dataset.state = "live";
  } catch {
    document.body.dataset.state = "gone";
  }
  setTimeout(refresh, 1000);
}
refresh();
`;

const STYLE = `
:root { color-scheme: light dark; --line: light-dark(#e4e4e7, #2e2e33); --dim: light-dark(#6b6b74, #9a9aa5);
  --good: light-dark(#15803d, #4ade80); --bad: light-dark(#b91c1c, #f87171); }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 72rem; padding: 2rem 1.25rem; font: 15px/1.5 system-ui, sans-serif;
  background: light-dark(#fff, #18181b); color: light-dark(#18181b, #f4f4f5); }
h1 { margin: 0; font-size: 1.25rem; }
h1::before { content: ""; display: inline-block; width: .6em; height: .6em; margin-right: .5em; border-radius: 50%; background: var(--good); }
[data-state=gone] h1::before { background: var(--bad); }
p { margin: .25rem 0 1.5rem; color: var(--dim); }
.table { overflow-x: auto; }
table { width: 100%; min-width: 44rem; border-collapse: collapse; table-layout: fixed; }
th:nth-child(1) { width: 4rem; } th:nth-child(2) { width: 7rem; } th:nth-child(3) { width: 8rem; }
th:nth-child(4) { width: 13rem; } th:nth-child(6) { width: 8rem; }
th, td { padding: .5rem .75rem; text-align: left; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
th { font-size: .8rem; font-weight: 600; color: var(--dim); }
.number { color: var(--dim); font-variant-numeric: tabular-nums; }
.good { color: var(--good); } .bad { color: var(--bad); }
.good, .bad { white-space: nowrap; }
`;

const toHashSource = (text: string) =>
  `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

/** The page's Content-Security-Policy: it allows only the page's own script and style. */
export const SINK_PAGE_POLICY = `default-src 'none'; connect-src 'self'; script-src ${toHashSource(SCRIPT)}; style-src ${toHashSource(STYLE)}; base-uri 'none'; frame-ancestors 'none'`;

/** A page that shows the received webhooks, newest first. */
export const SINK_PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Webhook sink</title>
<link rel="icon" href="data:,">
<style>${STYLE}</style>
</head>
<body>
<h1>Webhook sink</h1>
<p>Every webhook that reaches this endpoint, newest first. It refreshes by itself.</p>
<div class="table">
<table>
<thead><tr><th>#</th><th>Time</th><th>User</th><th>From</th><th>Subject</th><th>Signatures</th></tr></thead>
<tbody></tbody>
</table>
</div>
<p id="empty">Nothing yet. Send a mail to a demo mailbox.</p>
<script>${SCRIPT}</script>
</body>
</html>
`;
