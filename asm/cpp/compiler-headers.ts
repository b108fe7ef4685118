/**
 * The headers that belong to the compiler and not to a source tree, as far as kernel sources need them, so that no compiler
 * need be installed: before 5.16 <stdarg.h> (C11 7.16), in terms of gcc's builtins. Trees before 4.2 have a header for
 * each version of gcc they know (Linux: include/linux/compiler-gcc.h); for the one whose macros we predefine, which came
 * later, there is one here that takes the newest of theirs.
 */
import { type FileReader, MemoryFiles } from '../source/files.ts';

/** The folder under which `withCompilerHeaders` shows them. */
export const COMPILER_HEADERS = '<compiler>';

const STDARG = `#ifndef _STDARG_H
#define _STDARG_H
#ifndef __GNUC_VA_LIST
#define __GNUC_VA_LIST
typedef __builtin_va_list __gnuc_va_list;
#endif
typedef __gnuc_va_list va_list;
#define va_start(list, last) __builtin_va_start(list, last)
#define va_end(list) __builtin_va_end(list)
#define va_arg(list, type) __builtin_va_arg(list, type)
#define va_copy(to, from) __builtin_va_copy(to, from)
#endif
`;

const COMPILER_GCC = `#if __has_include(<linux/compiler-gcc5.h>)
#include <linux/compiler-gcc5.h>
#else
#include <linux/compiler-gcc4.h>
#endif
`;

/** `files`, with the compiler's headers in the folder COMPILER_HEADERS beside them. */
export function withCompilerHeaders(files: FileReader): FileReader {
  const headers = { 'stdarg.h': STDARG, 'linux/compiler-gcc12.h': COMPILER_GCC };
  const placed = Object.entries(headers).map(([name, text]) => [`${COMPILER_HEADERS}/${name}`, text]);
  return new MemoryFiles(Object.fromEntries(placed), files);
}
