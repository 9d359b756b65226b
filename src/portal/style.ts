// What do the portal's pages look like?
export const STYLE = `
:root { --ink:#16202c; --soft:#5b6876; --line:#dde3ea; --paper:#fff; --ground:#f3f5f8; --brand:#a3121a;
  --blue:#1554a0; --green:#17703c; --amber:#8a5a00; --red:#b01a1a; }
* { box-sizing:border-box; }
body { margin:0; background:var(--ground); color:var(--ink); font:16px/1.5 "Noto Sans",system-ui,sans-serif; }
header { background:var(--brand); color:#fff; }
header .in { display:flex; align-items:baseline; gap:28px; max-width:1180px; margin:0 auto; padding:14px 24px; flex-wrap:wrap; }
header b { font-size:20px; letter-spacing:.2px; }
header a { color:#ffe9e2; text-decoration:none; padding:4px 0; border-bottom:2px solid transparent; }
header form.who { margin-left:auto; display:flex; gap:14px; align-items:baseline; }
header button { padding:4px 12px; }
header a.here { color:#fff; border-color:#fff; }
main { max-width:1180px; margin:0 auto; padding:26px 24px 60px; }
h1 { font-size:25px; margin:0 0 4px; } h2 { font-size:17px; margin:0 0 12px; }
.sub { color:var(--soft); margin:0 0 20px; }
.card { background:var(--paper); border:1px solid var(--line); border-radius:10px; padding:20px 22px; margin:0 0 18px; }
.counts { display:flex; gap:12px; margin:0 0 20px; flex-wrap:wrap; }
.count { background:var(--paper); border:1px solid var(--line); border-radius:10px; padding:10px 18px; min-width:128px; }
.count b { display:block; font-size:25px; line-height:1.2; } .count span { color:var(--soft); font-size:14px; }
.scroll { overflow-x:auto; }
table { width:100%; border-collapse:collapse; background:var(--paper); border:1px solid var(--line); border-radius:10px; overflow:hidden; }
th,td { text-align:left; padding:11px 14px; border-bottom:1px solid var(--line); vertical-align:top; }
tr:last-child td { border-bottom:0; } th { font-size:13px; color:var(--soft); font-weight:600; background:#fafbfc; }
td a { color:var(--blue); font-weight:600; text-decoration:none; } td a:hover { text-decoration:underline; }
.num { font-variant-numeric:tabular-nums; white-space:nowrap; }
.tag { display:inline-block; padding:2px 11px; border-radius:20px; font-size:14px; font-weight:600; white-space:nowrap; background:#e8edf3; color:var(--ink); }
.received { background:#e3edf9; color:var(--blue); } .inReview { background:#fdf0d3; color:var(--amber); }
.approved { background:#ddf1e4; color:var(--green); } .ready { background:var(--green); color:#fff; }
.refused,.off { background:#fae1e1; color:var(--red); } .on { background:#ddf1e4; color:var(--green); }
dl { display:grid; grid-template-columns:minmax(110px,190px) 1fr; gap:7px 18px; margin:0; }
.drawn { width:100%; max-width:420px; background:#fff; border:1px solid var(--line); border-radius:6px; } .drawn path { fill:none; stroke:#15308c; stroke-width:6; stroke-linecap:round; stroke-linejoin:round; }
dt { color:var(--soft); } dd { margin:0; font-weight:500; overflow-wrap:anywhere; }
.two { display:grid; grid-template-columns:minmax(0,1.25fr) minmax(0,1fr); gap:18px; align-items:start; }
.pages { display:flex; gap:14px; flex-wrap:wrap; margin-top:14px; }
.pages a { display:block; border:1px solid var(--line); border-radius:6px; overflow:hidden; background:#fff; }
.pages img { display:block; height:250px; max-width:100%; }
button,.go { font:inherit; font-weight:600; padding:10px 20px; border-radius:8px; border:1px solid var(--line); background:#fff; color:var(--ink); cursor:pointer; }
button.approve,button.ready,.go { background:var(--green); border-color:var(--green); color:#fff; }
button.refuse { background:#fff; border-color:var(--red); color:var(--red); }
button:focus-visible,a:focus-visible,input:focus-visible,textarea:focus-visible { outline:3px solid #f0b429; outline-offset:2px; }
form.act { display:grid; gap:12px; } .row { display:flex; gap:10px; flex-wrap:wrap; }
label { display:grid; gap:4px; color:var(--soft); font-size:14px; }
input,textarea,select { font:inherit; font-size:16px; padding:9px 12px; border:1px solid #b9c3ce; border-radius:8px; color:var(--ink); width:100%; background:#fff; }
.big { margin:0; font-size:30px; font-weight:700; letter-spacing:1px; }
.empty { text-align:center; color:var(--soft); padding:54px 20px; }
ul.log { margin:0; padding:0; list-style:none; } ul.log li { padding:7px 0; border-top:1px solid var(--line); } ul.log li:first-child { border:0; }
h3 { font-size:15px; margin:18px 0 8px; color:var(--soft); }
dd .sub { font-weight:400; font-size:13px; } dd.doubt { background:#fdf0d3; border-radius:6px; padding:2px 8px; margin:-2px -8px; }
.good { color:var(--green); font-weight:600; } .bad { color:var(--red); font-weight:600; } .scan { font-weight:600; }
ul.checks { margin:0; padding:0; list-style:none; } ul.checks li { padding:5px 0; }
.tag.fail { background:#fae1e1; color:var(--red); } .tag.unsure { background:#fdf0d3; color:var(--amber); } .tag.pass { background:#ddf1e4; color:var(--green); }
.sheets { display:grid; grid-template-columns:repeat(auto-fill,minmax(260px,1fr)); gap:14px; margin:14px 0; }
svg.sheet { display:block; width:100%; height:auto; border:1px solid var(--line); border-radius:6px; background:#fff; }
svg rect { fill:none; stroke-width:2; vector-effect:non-scaling-stroke; } rect.field { stroke:var(--blue); stroke-opacity:.55; }
rect.unsure { stroke:#c98a00; stroke-opacity:1; } rect.fail { stroke:var(--red); stroke-width:3; }
svg text { font-weight:700; fill:var(--amber); } svg text.fail { fill:var(--red); }
.grid { display:grid; grid-template-columns:repeat(auto-fit,minmax(170px,1fr)); gap:12px; }
.certify { border-top:1px solid var(--line); margin-top:16px; } .certify form { margin:10px 0; }
a.button { display:inline-block; padding:10px 20px; border-radius:8px; font-weight:600; text-decoration:none; }
.hash { overflow-wrap:anywhere; white-space:normal; font-size:13px; }
@media (max-width:820px) { table { min-width:560px; } .two { grid-template-columns:1fr; } .wide { display:none; } }
`;
