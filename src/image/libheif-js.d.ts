/** What `heif.ts` uses of the optional package `libheif-js`. Contexts, handles, images and constants are its own objects. */
declare module 'libheif-js/libheif-wasm/libheif-bundle.mjs' {
  export interface HeifOutcome {
    /** One of `heif_error_code`. */
    readonly code: unknown;
    readonly message: string;
  }

  export interface HeifChannel {
    readonly width: number;
    readonly height: number;
    /** Bytes from one row to the next. */
    readonly stride: number;
    /** A view of the library's memory, until the image is released. */
    readonly data: Uint8Array;
  }

  export interface HeifImage {
    readonly image: object;
    readonly channels: readonly HeifChannel[];
  }

  export interface Libheif {
    readonly HEAPU8: Uint8Array;
    readonly heif_error_code: { readonly heif_error_Ok: unknown };
    readonly heif_colorspace: { readonly heif_colorspace_RGB: unknown };
    readonly heif_chroma: { readonly heif_chroma_interleaved_RGBA: unknown };
    heif_context_alloc(): object;
    heif_context_free(context: object): void;
    heif_context_read_from_memory(context: object, bytes: Uint8Array): HeifOutcome;
    heif_context_get_number_of_top_level_images(context: object): number;
    /** A handle, or what went wrong. */
    heif_js_context_get_primary_image_handle(context: object): object | HeifOutcome;
    heif_image_handle_get_width(handle: object): number;
    heif_image_handle_get_height(handle: object): number;
    heif_image_handle_has_alpha_channel(handle: object): number;
    heif_image_handle_release(handle: object): void;
    heif_js_decode_image2(
      handle: object,
      space: unknown,
      chroma: unknown,
    ): HeifImage | HeifOutcome | Promise<HeifImage | HeifOutcome>;
    heif_image_release(image: object): void;
  }

  /** A library with memory of its own. */
  export default function libheif(): Libheif;
}
