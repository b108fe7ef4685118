/**
 * The headers that belong to the compiler and not to a source tree, as far as kernel sources before 5.16 need them:
 * <stdarg.h> (C11 7.16), in terms of gcc's builtins. With them no compiler need be installed.
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

/** `files`, with the compiler's headers in the folder COMPILER_HEADERS beside them. */
export function withCompilerHeaders(files: FileReader): FileReader {
  return new MemoryFiles({ [`${COMPILER_HEADERS}/stdarg.h`]: STDARG }, files);
}
