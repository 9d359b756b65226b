// Which part of opencv-js does the page finder use?
declare module "@techstark/opencv-js" {
  export interface Mat {
    readonly rows: number;
    readonly cols: number;
    readonly data: Uint8Array;
    readonly data16S: Int16Array;
    readonly data32S: Int32Array;
    delete(): void;
  }
  export interface MatVector {
    size(): number;
    get(index: number): Mat;
    delete(): void;
  }
  export interface OpenCv {
    onRuntimeInitialized?: () => void;
    readonly Mat: new (rows?: number, cols?: number, type?: number) => Mat;
    readonly CV_8UC1: number;
    readonly CV_16S: number;
    readonly RETR_EXTERNAL: number;
    readonly CHAIN_APPROX_SIMPLE: number;
    readonly MORPH_RECT: number;
    readonly MORPH_BLACKHAT: number;
    readonly MORPH_CLOSE: number;
    readonly THRESH_BINARY: number;
    readonly THRESH_OTSU: number;
    readonly MatVector: new () => MatVector;
    readonly Size: new (width: number, height: number) => unknown;
    matFromArray(rows: number, cols: number, type: number, data: ArrayLike<number>): Mat;
    GaussianBlur(from: Mat, to: Mat, size: unknown, sigma: number): void;
    Sobel(from: Mat, to: Mat, depth: number, dx: number, dy: number, size: number): void;
    Canny(from: Mat, to: Mat, low: number, high: number): void;
    /** With the two Sobel pictures instead of the image. */
    Canny1(dx: Mat, dy: Mat, to: Mat, low: number, high: number, exact: boolean): void;
    getStructuringElement(shape: number, size: unknown): Mat;
    dilate(from: Mat, to: Mat, kernel: Mat): void;
    findContours(from: Mat, to: MatVector, hierarchy: Mat, mode: number, method: number): void;
    morphologyEx(from: Mat, to: Mat, operation: number, kernel: Mat): void;
    threshold(from: Mat, to: Mat, level: number, value: number, type: number): number;
    /** `angle` in degrees, clockwise; `size` before the turn. */
    minAreaRect(contour: Mat): {
      readonly center: { readonly x: number; readonly y: number };
      readonly size: { readonly width: number; readonly height: number };
      readonly angle: number;
    };
    convexHull(from: Mat, to: Mat): void;
    contourArea(contour: Mat): number;
    arcLength(contour: Mat, closed: boolean): number;
    approxPolyDP(from: Mat, to: Mat, epsilon: number, closed: boolean): void;
  }
}
