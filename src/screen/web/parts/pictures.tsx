// What does the citizen's hand have to do? (Shown before it is told.)
import type { ReactNode } from "react";

const Picture = ({ box, children }: { readonly box: string; readonly children: ReactNode }) => (
  <svg className="picture" viewBox={box} aria-hidden="true" focusable="false">
    {children}
  </svg>
);

/** The three finder squares and a few modules: enough to be known as "the square code". */
export const SquareCode = ({
  x,
  y,
  size,
}: {
  readonly x: number;
  readonly y: number;
  readonly size: number;
}) => (
  <g transform={`translate(${x} ${y}) scale(${size / 11})`}>
    <rect x="-1" y="-1" width="13" height="13" rx="1" fill="#fff" />
    <path
      className="p-ink"
      d="M0 0h4v4H0zM7 0h4v4H7zM0 7h4v4H0zM5 0h1v2H5zM5 3h1v2H5zM5 5h2v1H5zM0 5h2v1H0zM3 5h1v1H3zM8 5h3v1H8zM5 7h1v2H5zM7 7h2v1H7zM10 7h1v2h-1zM7 9h1v2H7zM9 9h1v1H9zM5 10h1v1H5zM9 10.5h2v.5H9z"
    />
    <path fill="#fff" d="M1 1h2v2H1zM8 1h2v2H8zM1 8h2v2H1z" />
    <path className="p-ink" d="M1.5 1.5h1v1h-1zM8.5 1.5h1v1h-1zM1.5 8.5h1v1h-1z" />
  </g>
);

const CitizenCard = () => (
  <g>
    <rect width="240" height="151" rx="14" className="p-card" />
    <path d="M0 14A14 14 0 0 1 14 0h212a14 14 0 0 1 14 14v18H0z" className="p-card-top" />
    <circle cx="24" cy="16" r="8" className="p-gold" />
    <rect x="42" y="12" width="92" height="8" rx="4" fill="#fff" opacity=".85" />
    <rect x="16" y="46" width="60" height="78" rx="6" className="p-sand" />
    <circle cx="46" cy="76" r="15" className="p-skin" />
    <path d="M22 124c2-20 11-28 24-28s22 8 24 28z" className="p-leaf" />
    <path d="M31 74a15 15 0 0 1 30 0c-8-2-12-6-15-10-3 4-7 8-15 10z" className="p-ink" />
    <rect x="90" y="52" width="78" height="9" rx="4.5" className="p-line" />
    <rect x="90" y="72" width="104" height="9" rx="4.5" className="p-line" />
    <rect x="90" y="92" width="60" height="9" rx="4.5" className="p-line" />
    <rect x="90" y="112" width="124" height="9" rx="4.5" className="p-line" />
  </g>
);

/** The side with the three lines, so that nobody has to know which one is the back. */
const CardBack = () => (
  <g>
    <rect width="240" height="151" rx="14" className="p-card" />
    <rect x="18" y="20" width="34" height="30" rx="5" className="p-gold" />
    <rect x="70" y="22" width="100" height="7" rx="3.5" className="p-line" />
    <rect x="70" y="38" width="76" height="7" rx="3.5" className="p-line" />
    <circle cx="204" cy="38" r="18" className="p-sand" />
    {[88, 108, 128].map((y) => (
      <path key={y} d={`M14 ${y}H226`} className="p-letters" />
    ))}
  </g>
);

export const CardBackOnTray = () => (
  <Picture box="0 0 520 330">
    <rect x="60" y="60" width="400" height="240" rx="22" className="p-metal" />
    <rect x="84" y="82" width="352" height="196" rx="14" className="p-dark" />
    <path d="M260 6l-46 66h92z" className="p-beam" />
    <g className="p-move-right">
      <g transform="translate(140 104)">
        <CardBack />
      </g>
    </g>
  </Picture>
);

export const CardToReader = () => (
  <Picture box="0 0 520 330">
    <rect x="316" y="36" width="178" height="258" rx="26" className="p-metal" />
    <rect x="338" y="88" width="134" height="134" rx="16" className="p-dark" />
    <path d="M358 128v-20h20M432 108h20v20M452 182v20h-20M378 202h-20v-20" className="p-gold-line" />
    <rect x="368" y="242" width="74" height="10" rx="5" className="p-line" />
    <path d="M338 155L210 92v126z" className="p-beam" />
    <g className="p-move-right">
      <g transform="translate(24 90)">
        <CitizenCard />
        <SquareCode x={184} y={40} size={42} />
      </g>
    </g>
  </Picture>
);

export const SlipToReader = () => (
  <Picture box="0 0 520 330">
    <rect x="316" y="36" width="178" height="258" rx="26" className="p-metal" />
    <rect x="338" y="88" width="134" height="134" rx="16" className="p-dark" />
    <path d="M358 128v-20h20M432 108h20v20M452 182v20h-20M378 202h-20v-20" className="p-gold-line" />
    <rect x="368" y="242" width="74" height="10" rx="5" className="p-line" />
    <path d="M338 155L190 104v112z" className="p-beam" />
    <g className="p-move-right">
      <path
        d="M60 24h160v272l-16-10-16 10-16-10-16 10-16-10-16 10-16-10-16 10-16-10-16 10z"
        fill="#fff"
        className="p-edge"
      />
      <path d="M86 56h108M100 80h80" className="p-text" />
      <path d="M92 244h96" className="p-text-bold" />
      <SquareCode x={96} y={112} size={92} />
    </g>
  </Picture>
);

export const CardOnReader = ({ busy = false }: { readonly busy?: boolean }) => (
  <Picture box="0 0 520 330">
    <path d="M70 300l50-150h280l50 150z" className="p-metal" />
    <path d="M128 276l30-100h204l30 100z" className="p-dark" />
    <g className={busy ? "p-waves" : "p-waves-still"}>
      <path d="M214 190a60 60 0 0 1 92 0" />
      <path d="M190 166a92 92 0 0 1 140 0" />
      <path d="M166 142a124 124 0 0 1 188 0" />
    </g>
    <g className={busy ? "" : "p-move-down"}>
      <g transform={busy ? "translate(150 168) scale(.92 .62)" : "translate(150 92) scale(.92 .8)"}>
        <CitizenCard />
        <rect x="196" y="46" width="30" height="24" rx="5" className="p-gold" />
      </g>
    </g>
  </Picture>
);

/** The arrow points where the person's own left or right is: the screen faces them. */
export const FaceInFrame = ({ turn }: { readonly turn: "left" | "right" | null }) => (
  <Picture box="0 0 520 330">
    <rect x="140" y="8" width="240" height="314" rx="28" className="p-metal" />
    <rect x="156" y="24" width="208" height="282" rx="18" className="p-dark" />
    <ellipse cx="260" cy="150" rx="66" ry="84" className="p-skin" />
    <path d="M176 306c0-52 38-76 84-76s84 24 84 76z" className="p-gold" />
    <circle cx={turn === "left" ? 222 : turn === "right" ? 250 : 236} cy="138" r="8" className="p-dark" />
    <circle cx={turn === "left" ? 270 : turn === "right" ? 298 : 284} cy="138" r="8" className="p-dark" />
    {turn !== null && (
      <g transform={turn === "left" ? undefined : "translate(520 0) scale(-1 1)"}>
        <path d="M120 150H40m34-38-40 38 40 38" className="p-arrow" />
      </g>
    )}
  </Picture>
);

export const PaperOnTray = () => (
  <Picture box="0 0 520 360">
    <path d="M236 0h48v34h-48z" className="p-metal" />
    <rect x="222" y="28" width="76" height="34" rx="10" className="p-dark" />
    <circle cx="260" cy="58" r="13" className="p-gold" />
    <path d="M252 70L96 320h328L268 70z" className="p-beam" />
    <path d="M40 344l44-136h352l44 136z" className="p-metal" />
    <path d="M86 322l30-94h288l30 94z" className="p-dark" />
    <g className="p-move-down">
      <path d="M170 306l20-68h140l20 68z" fill="#fff" className="p-edge" />
      <path d="M206 254h108M200 270h120M196 286h90" className="p-text" />
    </g>
  </Picture>
);

/** The slot's mouth is dark above the sheets that go in, so that nobody looks for the tray. */
export const PapersIntoSlot = ({ busy = false }: { readonly busy?: boolean }) => (
  <Picture box="0 0 520 330">
    <svg x="130" y="104" width="260" height="226" viewBox="0 0 260 226" aria-hidden="true">
      <g className={busy ? "p-breathe" : "p-move-up"}>
        <path d="M34 40h204v220H34z" fill="#fff" className="p-edge" />
        <path d="M18 56h204v220H18z" fill="#fff" className="p-edge" />
        <path d="M46 92h148M46 122h148M46 152h110" className="p-text" />
      </g>
    </svg>
    <rect x="60" y="18" width="400" height="112" rx="26" className="p-metal" />
    <rect x="112" y="84" width="296" height="22" rx="11" className="p-dark" />
    <path d="M452 290v-70m-22 24l22-24 22 24" className="p-arrow p-nod" />
  </Picture>
);

export const PapersFromSlot = () => (
  <Picture box="0 0 520 330">
    <rect x="60" y="18" width="400" height="112" rx="26" className="p-metal" />
    <rect x="112" y="78" width="296" height="22" rx="11" className="p-dark" />
    <svg x="130" y="90" width="260" height="240" viewBox="0 0 260 240" aria-hidden="true">
      <g className="p-slip">
        <path d="M34-20h204v196H34z" fill="#fff" className="p-edge" />
        <path d="M18-20h204v212H18z" fill="#fff" className="p-edge" />
        <path d="M46 32h148M46 62h148M46 92h110" className="p-text" />
      </g>
    </svg>
    <path d="M452 220v70m-22-24l22 24 22-24" className="p-arrow p-nod" />
  </Picture>
);

export const SlipComingOut = () => (
  <Picture box="0 0 520 330">
    <rect x="90" y="18" width="340" height="112" rx="26" className="p-metal" />
    <rect x="150" y="78" width="220" height="20" rx="10" className="p-dark" />
    <svg x="160" y="88" width="200" height="232" viewBox="0 0 200 232" aria-hidden="true">
      <g className="p-slip">
        <path
          d="M4 0h192v214l-16-10-16 10-16-10-16 10-16-10-16 10-16-10-16 10-16-10-16 10-16-10-16 10z"
          fill="#fff"
          className="p-edge"
        />
        <path d="M30 28h140M50 48h100" className="p-text" />
        <path d="M40 78h120" className="p-text-bold" />
        <SquareCode x={66} y={104} size={68} />
      </g>
    </svg>
    <path d="M420 210v62m-22-24l22 24 22-24" className="p-arrow p-nod" />
  </Picture>
);

export const SealedEnvelope = () => (
  <Picture box="0 0 520 330">
    <g className="p-breathe">
      <rect x="110" y="70" width="300" height="200" rx="18" fill="#fff" className="p-edge" />
      <path d="M114 84l146 104L406 84" className="p-text" />
      <circle cx="260" cy="196" r="42" className="p-brick" />
      <path d="M242 196l13 14 25-28" className="p-check" />
    </g>
  </Picture>
);

/** Somebody who helps: no warning sign where nobody did anything wrong. */
export const OfficerHelps = () => (
  <Picture box="0 0 520 330">
    <circle cx="200" cy="118" r="46" className="p-skin" />
    <path d="M152 112a48 48 0 0 1 96 0c-24-8-34-14-48-26-14 12-24 18-48 26z" className="p-leaf" />
    <path d="M116 290c4-70 38-98 84-98s80 28 84 98z" className="p-leaf" />
    <path d="M200 192l-18 34 18 20 18-20z" fill="#fff" />
    <rect x="300" y="60" width="150" height="96" rx="24" className="p-sand" />
    <path d="M326 150l-22 34 46-30z" className="p-sand" />
    <path d="M336 108h78M336 128h48" className="p-gold-line" />
  </Picture>
);

export const GentleTrouble = () => (
  <Picture box="0 0 520 330">
    <circle cx="260" cy="165" r="130" className="p-sand" />
    <path d="M260 74l104 180H156z" className="p-gold" />
    <path d="M260 134v56M260 218v4" className="p-mark" />
  </Picture>
);

export const Farewell = () => (
  <Picture box="0 0 520 330">
    <circle cx="260" cy="165" r="130" className="p-leaf" />
    <path d="M196 168l46 48 86-98" className="p-check p-check-big" />
  </Picture>
);

export const OutOfService = () => (
  <Picture box="0 0 520 330">
    <rect x="150" y="30" width="220" height="270" rx="26" className="p-metal" />
    <rect x="178" y="58" width="164" height="150" rx="12" className="p-dark" />
    <path d="M226 118a10 10 0 0 0 16 0M278 118a10 10 0 0 0 16 0M244 164h32" className="p-gold-line" />
    <rect x="206" y="236" width="108" height="14" rx="7" className="p-line" />
  </Picture>
);
