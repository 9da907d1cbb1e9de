/**
 * NVIDIA's Xid errors by what has to be done about them. Source: NVIDIA's Xid catalogue
 * (docs.nvidia.com/deploy/xid-errors, "Analyzing Xid errors"), folded into the classes that matter for selling a GPU.
 */

/**
 * `application`: the tenant's program did it, the GPU is well. `watch`: may be the beginning of something. `reset`: the GPU
 * is of no use until it is reset. `machine`: a reset does not help; the machine has to be restarted or looked at.
 */
export type XidClass = 'application' | 'watch' | 'reset' | 'machine';

interface XidEntry {
  readonly class: XidClass;
  readonly words: string;
  /** Whether NVIDIA's device plugin takes the GPU away by itself: all critical ones but those it calls the application's. */
  readonly pluginIgnores?: true;
}

const TABLE: Readonly<Record<number, XidEntry>> = {
  13: { class: 'application', words: 'graphics engine exception', pluginIgnores: true },
  31: { class: 'application', words: 'memory page fault', pluginIgnores: true },
  43: { class: 'application', words: 'the GPU stopped processing', pluginIgnores: true },
  45: {
    class: 'application',
    words: 'preemptive cleanup after another error',
    pluginIgnores: true,
  },
  48: { class: 'reset', words: 'double-bit ECC error' },
  61: { class: 'reset', words: 'internal microcontroller breakpoint' },
  62: { class: 'reset', words: 'internal microcontroller halt' },
  63: { class: 'watch', words: 'a memory row was remapped' },
  64: { class: 'reset', words: 'a memory row could not be remapped' },
  68: { class: 'application', words: 'video decoder exception', pluginIgnores: true },
  69: { class: 'application', words: 'graphics engine class error' },
  74: { class: 'reset', words: 'NVLink error' },
  79: { class: 'machine', words: 'the GPU has fallen off the bus' },
  92: { class: 'watch', words: 'high single-bit ECC error rate' },
  94: { class: 'application', words: 'contained memory error' },
  95: { class: 'reset', words: 'uncontained memory error' },
  109: { class: 'reset', words: 'context switch timeout', pluginIgnores: true },
  110: { class: 'machine', words: 'security fault' },
  119: { class: 'reset', words: 'GSP does not answer' },
  120: { class: 'reset', words: 'GSP error' },
  121: { class: 'watch', words: 'chip-to-chip link error' },
  136: { class: 'reset', words: 'link training failed' },
  140: { class: 'reset', words: 'unrecovered ECC error' },
  143: { class: 'reset', words: 'GPU initialisation error' },
  154: { class: 'watch', words: 'the GPU asks for another recovery action' },
};

/** The class; a code that nobody has classed is watched, since new ones come with new GPUs. */
export const xidClass = (code: number): XidClass => TABLE[code]?.class ?? 'watch';

/** `Xid 79 (the GPU has fallen off the bus)`. */
export const xidWords = (code: number): string =>
  TABLE[code] === undefined ? `Xid ${code}` : `Xid ${code} (${TABLE[code].words})`;

/** Whether the device plugin takes the GPU out of `allocatable` for it (k8s-device-plugin, internal/rm/health.go). */
export const pluginSees = (code: number): boolean =>
  TABLE[code] !== undefined && TABLE[code].pluginIgnores !== true && xidClass(code) !== 'watch';
