// What hangs in the hall for everybody to see?
//
// A letter of h mm is read from 0.2 h m: from 8 m it takes 40 mm. On a display of 43 inches 1080 lines are 535 mm, so
// 40 mm are 81 lines, the capital height of letters of 114 px. Numbers and counters are larger than that; the counts
// of those who wait are for who stands nearer.
import { html, raw } from "../html.js";

const STYLE = `
* { box-sizing:border-box; margin:0; padding:0; }
html { font-size:calc(100vw / 192); }
body { min-height:100vh; display:grid; grid-template-rows:auto 1fr auto; background:#071322; color:#fff;
  font-family:"Noto Sans",system-ui,sans-serif; overflow:hidden; }
header { display:flex; justify-content:space-between; align-items:baseline; padding:2.4rem 5rem; background:#0f2440; font-size:5.2rem; font-weight:700; }
header time { font-variant-numeric:tabular-nums; }
main { display:grid; grid-template-columns:1.2fr 1fr; gap:4rem; padding:3rem 5rem; min-height:0; }
h2 { font-size:4.2rem; font-weight:600; color:#cfe0f5; padding-bottom:1.4rem; }
ul { list-style:none; }
#now li { display:flex; justify-content:space-between; align-items:baseline; gap:3rem; padding:1.2rem 3rem; margin-bottom:1.6rem;
  background:#0f2440; border-left:1.4rem solid #ffd84d; font-size:12.4rem; line-height:1.15; font-weight:700; white-space:nowrap; }
#now b { color:#ffd84d; font-variant-numeric:tabular-nums; }
#now .rest { font-size:7rem; border-color:#0f2440; }
#now .fresh { background:#ffd84d; color:#071322; } #now .fresh b { color:#071322; }
#past li { display:flex; justify-content:space-between; gap:2rem; padding-bottom:2rem; font-size:11.4rem; line-height:1.15; white-space:nowrap; }
#past b { font-variant-numeric:tabular-nums; color:#ffe89a; }
#waiting { display:flex; flex-wrap:wrap; gap:1rem 6rem; font-size:3.8rem; }
#waiting li { display:flex; gap:2rem; align-items:baseline; } #waiting b { font-size:5rem; color:#ffd84d; }
footer { display:flex; align-items:baseline; gap:4rem; padding:1.8rem 5rem 2.4rem; background:#0f2440; } footer h2 { padding:0; font-size:3.8rem; }
#stale,#sound { position:fixed; inset:auto 0 0; padding:2rem 5rem; background:#fff; color:#8a0f0f; font-size:4.4rem; font-weight:700; text-align:center; }
#sound { color:#071322; }
[hidden] { display:none !important; }
#said { position:absolute; left:-200vw; }
`;

export const boardPage = (place: string, token: string): string =>
  html`<!doctype html><html lang="vi"><head><meta charset="utf-8"><title>Bảng gọi số · Một cửa</title>
<meta name="viewport" content="width=device-width,initial-scale=1"><link rel="icon" href="data:,"><style>${raw(STYLE)}</style>
<script src="/board/board.js${token === "" ? "" : `?token=${encodeURIComponent(token)}`}" defer></script></head>
<body data-place="${place}" data-token="${token}"><header><h1 style="font-size:inherit">Mời đến quầy</h1><time id="clock"></time></header>
<main><section><h2>Đang gọi</h2><ul id="now"></ul></section><section><h2>Vừa gọi</h2><ul id="past"></ul></section></main>
<footer><h2>Đang chờ</h2><ul id="waiting"></ul></footer>
<p id="said" role="status" aria-live="polite"></p>
<p id="sound" role="note" hidden>Chạm vào màn hình một lần để bật tiếng.</p>
<p id="stale" role="alert" hidden>Mất kết nối với cổng. Số trên bảng có thể đã cũ.</p></body></html>`.text;
