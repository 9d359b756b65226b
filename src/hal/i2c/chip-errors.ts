// Why is a chip's answer not believed, though the wire is sound?

/** Another chip sits at the address. */
export class WrongChipError extends Error {
  override readonly name = "WrongChipError";
}

/** The answer is well-formed and can not be true: a floating pin, a broken element. */
export class ImplausibleError extends Error {
  override readonly name = "ImplausibleError";
}
