// What does the resting screen look like from across the hall?

/** Terraced fields, a communal house and the sun of late afternoon. */
export const Village = () => (
  <svg
    className="village"
    viewBox="0 0 1080 900"
    preserveAspectRatio="xMidYMax slice"
    aria-hidden="true"
    focusable="false"
  >
    <circle cx="800" cy="250" r="120" fill="#f0b429" />
    <circle cx="800" cy="250" r="168" fill="#f0b429" opacity=".18" />
    <path
      d="M0 400c160-120 300-150 430-60 120-110 280-160 420-40 90-40 160-30 230 10v590H0z"
      fill="#8fb8a0"
    />
    <path d="M0 510c180-110 330-110 520-20 190-100 380-110 560-10v420H0z" fill="#4f8f72" />
    <g className="village-house">
      <g transform="translate(170 392)">
        <path d="M40 110h240v120H40z" fill="#f3e3c3" />
        <path d="M66 140h36v90H66zM142 128h36v102h-36zM218 140h36v90h-36z" fill="#7a3b1e" />
        <path
          d="M-14 118C28 96 58 64 74 30h172c16 34 46 66 88 88-24 8-44 6-58-2H44c-14 8-34 10-58 2z"
          fill="#8c2f1b"
        />
        <path
          d="M58 34c10 2 20-2 26-14 6 8 14 10 24 10h104c10 0 18-2 24-10 6 12 16 16 26 14l-6 12H64z"
          fill="#6f2113"
        />
      </g>
    </g>
    <g transform="translate(880 330)">
      <path d="M30 260c-4-90-2-150 14-210l12 2c-10 64-10 120-4 208z" fill="#5c3a1c" />
      <path
        d="M50 54C20 20-20 24-44 54c34-14 62-12 94 0zM50 54c-40-6-70 22-74 62 22-34 46-50 74-62zM50 54c4-40 40-60 80-46-34 8-58 22-80 46zM50 54c40-16 78 4 90 44-28-28-54-40-90-44zM50 54c24 18 34 50 22 86-4-36-10-60-22-86z"
        fill="#0d4f3c"
      />
    </g>
    <path d="M0 640c220-70 420-60 600-10 170-50 330-50 480 0v270H0z" fill="#2f7a5b" />
    <path d="M0 720c240-50 470-46 660-4 150-30 290-30 420 4v180H0z" fill="#1d6449" />
    <path d="M0 800c260-40 500-36 700-2 130-20 260-22 380 2v100H0z" fill="#0d4f3c" />
    <g
      className="village-furrows"
      stroke="#cfe3d4"
      strokeWidth="4"
      fill="none"
      opacity=".55"
      strokeLinecap="round"
    >
      <path d="M60 690c160-40 320-40 480-6M640 676c130-24 260-24 380 0M40 770c200-34 400-32 580-6M720 756c110-16 220-14 320 4" />
    </g>
  </svg>
);
