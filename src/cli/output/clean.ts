import { stripVTControlCharacters } from 'node:util'

/** One line: what others wrote into an object can neither move the cursor nor begin a line of its own. */
export const clean = (text: string): string => stripVTControlCharacters(text).replace(/[\s\p{Cc}]+/gu, ' ')
