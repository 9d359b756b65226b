// Which small signs stand beside words? (Never instead of them.)
import type { ReactNode } from "react";

const Icon = ({ children }: { readonly children: ReactNode }) => (
  <svg className="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
    {children}
  </svg>
);

export const BackIcon = () => (
  <Icon>
    <path d="M14 5l-7 7 7 7" />
  </Icon>
);
export const NextIcon = () => (
  <Icon>
    <path d="M10 5l7 7-7 7" />
  </Icon>
);
export const DownIcon = () => (
  <Icon>
    <path d="M5 9l7 7 7-7" />
  </Icon>
);
export const UpIcon = () => (
  <Icon>
    <path d="M5 15l7-7 7 7" />
  </Icon>
);
export const TrashIcon = () => (
  <Icon>
    <path d="M4 6.5h16M9 6V3.5h6V6M6 6.5l1 14h10l1-14M10 10.5v6M14 10.5v6" />
  </Icon>
);
export const CheckIcon = () => (
  <Icon>
    <path d="M4 12.5l5.5 5.5L20 7" />
  </Icon>
);
export const CloseIcon = () => (
  <Icon>
    <path d="M6 6l12 12M18 6L6 18" />
  </Icon>
);
export const SpeakIcon = () => (
  <Icon>
    <path d="M4 9.5v5h3.5L12 19V5L7.5 9.5zM15.5 8.5a5 5 0 0 1 0 7M18 6a8.5 8.5 0 0 1 0 12" />
  </Icon>
);
export const MuteIcon = () => (
  <Icon>
    <path d="M4 9.5v5h3.5L12 19V5L7.5 9.5zM16 9.5l5 5M21 9.5l-5 5" />
  </Icon>
);
export const LettersIcon = () => (
  <Icon>
    <path d="M2 19L7.5 5 13 19M4 14.5h7M14.5 19l3.5-9 3.5 9M15.8 16h4.4" />
  </Icon>
);
export const EyeIcon = () => (
  <Icon>
    <path d="M1.5 12C4 7.5 7.5 5 12 5s8 2.5 10.5 7c-2.5 4.5-6 7-10.5 7s-8-2.5-10.5-7z" />
    <circle cx="12" cy="12" r="3.2" />
  </Icon>
);
export const ReplayIcon = () => (
  <Icon>
    <path d="M4.5 12a7.5 7.5 0 1 0 2.4-5.5M4 3.5v4.2h4.2M10 9.2v5.6l4.8-2.8z" />
  </Icon>
);
export const HelpIcon = () => (
  <Icon>
    <circle cx="12" cy="12" r="9.5" />
    <path d="M9 9.5a3 3 0 1 1 4.3 2.7c-.9.4-1.3 1-1.3 2M12 17v.4" />
  </Icon>
);
export const OfficerIcon = () => (
  <Icon>
    <circle cx="12" cy="8" r="4" />
    <path d="M4 21c.6-4.6 3.8-7 8-7s7.4 2.4 8 7M18.5 3.5a6 6 0 0 1 0 7" />
  </Icon>
);
export const LanguageIcon = () => (
  <Icon>
    <circle cx="12" cy="12" r="9.5" />
    <path d="M2.5 12h19M12 2.5c3.5 3 3.5 16 0 19M12 2.5c-3.5 3-3.5 16 0 19" />
  </Icon>
);
export const DoubtIcon = () => (
  <Icon>
    <path d="M12 3L1.8 21h20.4zM12 10v5M12 17.8v.4" />
  </Icon>
);
export const CardIcon = () => (
  <Icon>
    <rect x="2" y="5" width="20" height="14" rx="2.5" />
    <circle cx="8" cy="11" r="2.2" />
    <path d="M4.8 16c.6-1.8 1.8-2.6 3.2-2.6s2.6.8 3.2 2.6M14.5 10h4.5M14.5 14h4.5" />
  </Icon>
);
export const PaperIcon = () => (
  <Icon>
    <path d="M6 2.5h8.5L19 7v14.5H6zM9 11h7M9 15h7" />
  </Icon>
);
export const PencilIcon = () => (
  <Icon>
    <path d="M4 20l1-4.5L16.5 4 20 7.5 8.5 19z" />
  </Icon>
);
export const TicketIcon = () => (
  <Icon>
    <path d="M3 7h18v3.5a2 2 0 0 0 0 3.5V17H3v-3a2 2 0 0 0 0-3.5zM9 7v10" />
  </Icon>
);
export const SearchIcon = () => (
  <Icon>
    <circle cx="10.5" cy="10.5" r="6.5" />
    <path d="M15.5 15.5L21 21" />
  </Icon>
);
export const EraseIcon = () => (
  <Icon>
    <path d="M8.5 5H21v14H8.5L2.5 12zM12 9.5l5 5M17 9.5l-5 5" />
  </Icon>
);
export const ShiftIcon = () => (
  <Icon>
    <path d="M12 4l8 8.5h-4.5V20h-7v-7.5H4z" />
  </Icon>
);
export const ClockIcon = () => (
  <Icon>
    <circle cx="12" cy="12" r="9.5" />
    <path d="M12 6.5V12l4 2.5" />
  </Icon>
);
export const MoneyIcon = () => (
  <Icon>
    <rect x="2" y="6" width="20" height="12" rx="2" />
    <circle cx="12" cy="12" r="3" />
    <path d="M5.5 9v.1M18.5 15v.1" />
  </Icon>
);
export const ZoomIcon = () => (
  <Icon>
    <circle cx="10.5" cy="10.5" r="6.5" />
    <path d="M15.5 15.5L21 21M10.5 7.5v6M7.5 10.5h6" />
  </Icon>
);
