// How are dates, times and money written for people? (As they are said.)
export { shownAppointment, shownDate, shownFee, shownTime } from "../../format.js";
