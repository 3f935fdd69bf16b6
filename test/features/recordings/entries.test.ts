import fc from 'fast-check'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { countEntries, type EntryFormat } from '../../../src/storage/entries.ts'

afterEach(() => vi.restoreAllMocks())

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)

/** The bytes as a stream that gives them in pieces, each as long as the next of the lengths says, in turn. */
function cut(bytes: Uint8Array, lengths: readonly number[]): ReadableStream<Uint8Array> {
  let [at, piece] = [0, 0]
  return new ReadableStream<Uint8Array>({
    pull(controller) {
      if (at >= bytes.length) return controller.close()
      const length = lengths[piece++ % lengths.length] ?? 1
      controller.enqueue(bytes.subarray(at, at + length))
      at += length
    },
  })
}

const count = (text: string | Uint8Array, format: EntryFormat, lengths: readonly number[] = [65_536]) =>
  countEntries(cut(typeof text === 'string' ? bytesOf(text) : text, lengths), format)

const TIMING =
  /^[ \t\v\f]*(\d+:\d\d|\d\d):\d\d[.,]\d{3}[ \t\v\f]*-->[ \t\v\f]*(\d+:\d\d|\d\d):\d\d[.,]\d{3}([ \t\v\f]|$)/

/** The lines between separating ones. */
function blocksOf(lines: readonly string[], isSeparating: (line: string) => boolean): string[][] {
  const blocks: string[][] = [[]]
  for (const line of lines) {
    if (isSeparating(line)) blocks.push([])
    else blocks.at(-1)?.push(line)
  }
  return blocks.filter(({ length }) => length > 0)
}

/** "Collect a WebVTT block" of the standard, until the lines are used up. */
function collectCues(lines: readonly string[]): number {
  let cues = 0
  for (let at = 0; at < lines.length; ) {
    let [lineCount, seenArrow, isCue] = [0, false, false]
    for (; at < lines.length; at++) {
      lineCount++
      const line = lines[at] ?? ''
      if (!line.includes('-->')) continue
      if (lineCount > 2 || seenArrow) break
      seenArrow = true
      isCue = TIMING.test(line)
    }
    if (isCue) cues++
  }
  return cues
}

/** What the counts should be, from all of the text as strings. */
function expected(text: string, format: EntryFormat): number {
  const lines = text.replace(/^\ufeff/, '').split(/\r\n|\r|\n/)
  const isBlank = (line: string) => /^[ \t\v\f]*$/.test(line)
  if (format === 'jsonl') return lines.filter((line) => !isBlank(line)).length
  if (format === 'srt')
    return blocksOf(lines, isBlank).filter((block) => block.slice(0, 2).some((line) => TIMING.test(line)))
      .length
  const isHeaded = /^WEBVTT([ \t\v\f]|$)/.test(lines[0] ?? '')
  return blocksOf(lines, (line) => line === '')
    .slice(isHeaded ? 1 : 0)
    .filter(([first = '']) => !/^NOTE([ \t\v\f]|$)|^(STYLE|REGION)[ \t\v\f]*$/.test(first))
    .reduce((sum, block) => sum + collectCues(block), 0)
}

const time = fc.constantFrom(
  '00:01.000',
  '00:00:02,500',
  '1:02:03.004',
  '123:59:59.999',
  '0:01.000',
  '00:01.00',
  '1.000',
)
const timing = fc
  .tuple(
    fc.constantFrom('', ' ', '\t\t', 'x'),
    time,
    fc.constantFrom(' --> ', '\t-->\t', ' -> ', ' --> --> '),
    time,
  )
  .map((parts) => parts.join(''))
const line = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .tuple(timing, fc.constantFrom('', '', ' ', ' align:start', 'x'))
      .map((parts) => parts.join('')),
  },
  { weight: 3, arbitrary: fc.constantFrom('', '', ' ', '\t', '\v\f', '\u00a0', '\u2028') },
  {
    weight: 3,
    arbitrary: fc.constantFrom('WEBVTT', 'NOTE', 'NOTE a', 'NOTED', 'STYLE', 'STYLE ', 'STYLE a', 'REGION'),
  },
  { weight: 3, arbitrary: fc.constantFrom('1', 'ü 😀', 'a --> b', '-->', '{"a":1}', '\ufeff', '\u0000') },
)
const text = fc
  .tuple(
    fc.constantFrom('', '', '\ufeff', 'WEBVTT\n\n', '\ufeffWEBVTT kind\r\n', 'WEBVTT\r'),
    fc.array(fc.tuple(line, fc.constantFrom('\n', '\r', '\r\n', '\n\r', '\n\n')), { maxLength: 20 }),
    fc.oneof(fc.constant(''), line),
  )
  .map(([start, lines, end]) => start + lines.flat().join('') + end)
const lengths = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 8 })

describe('the entries of a text', () => {
  it.each(['jsonl', 'vtt', 'srt'] as const)('of %s are as many however its bytes are cut', async (format) => {
    await fc.assert(
      fc.asyncProperty(text, lengths, async (given, cutting) => {
        const { entryCount } = await count(given, format, cutting)
        expect(entryCount).toBe(expected(given, format))
        expect((await count(given, format)).entryCount).toBe(entryCount)
      }),
      { numRuns: 2_000 },
    )
  })

  const cue = '00:01.000 --> 00:02.000'
  it.each([
    ['text with an arrow', 'vtt', `WEBVTT\n\n${cue}\na --> b\n`, 1],
    ['a comment', 'vtt', `WEBVTT\n\nNOTE\n${cue}\n\nNOTE was ${cue}\na\n${cue}\n`, 0],
    ['styles and regions', 'vtt', `WEBVTT\n\nSTYLE\n${cue}\n\nREGION \n${cue}\n`, 0],
    ['the header', 'vtt', `WEBVTT ${cue}\n${cue}\n\n${cue}\n`, 1],
    ['an identifier like a comment', 'vtt', `WEBVTT\n\nNOTES\n${cue}\na\n`, 1],
    ['no blank line between', 'vtt', `WEBVTT\n\n${cue}\na\n${cue}\nb\n`, 2],
    ['long settings', 'vtt', `${cue} ${'x'.repeat(5_000)}\na`, 1],
    ['timings after very much space', 'vtt', `${' '.repeat(1_024)}${cue}`, 0],
    [
      'hours and either mark',
      'srt',
      '1\n1:00:00.000 --> 01:00:01,000\na\n\n00:01,000 --> 00:02.000 X1:40\nb\n',
      2,
    ],
    ['text with timings', 'srt', `1\n${cue}\n${cue}\n\nThe end:\nall of it\n${cue}\n`, 1],
    ['lines of spaces between', 'srt', `1\n${cue}\na\n \n2\n${cue}\nb`, 2],
    ['no white space around the arrow', 'srt', '1\n00:01,000-->00:02,000\na', 1],
  ] as const)('with %s (%s) are told', async (_, format, given, cues) => {
    expect(await count(given, format, [3])).toEqual({ entryCount: cues, fields: [] })
  })

  it.each([
    ['after a mark', '\ufeff{"a":1}', 1, ['a']],
    ['after blank lines', '\r\n \t\r\n{"a":1,"ü":2}\n[]', 2, ['a', 'ü']],
    ['of a mebibyte', `{"a":"${'x'.repeat(1_048_568)}"}\n{}`, 2, ['a']],
    ['of more, that would be one if it were cut', `{"a":1}${' '.repeat(1_048_576)}x`, 1, []],
    ['after very much space', `${' '.repeat(1_048_577)}{}`, 1, []],
  ])('of JSON Lines tell the fields of the first one %s', async (_, given, entryCount, fields) => {
    for (const lengths of [[1_000], [2, 4_096]])
      expect(await count(given, 'jsonl', lengths)).toEqual({ entryCount, fields })
  })

  it.each([
    ['jsonl', '\n', 0],
    ['jsonl', '{"a":1}\n', 2_097_152],
    ['vtt', '\n', 0],
    ['srt', '00:01.000 --> 00:02.000\n\r\n\n', 621_378],
  ] as const)('of %s, 16 MiB of %j, make no strings of what is counted', async (format, unit, entries) => {
    const many = bytesOf(unit.repeat(Math.floor(16_777_216 / unit.length)))
    let decoded = 0
    const decode = TextDecoder.prototype.decode
    vi.spyOn(TextDecoder.prototype, 'decode').mockImplementation(function (
      this: TextDecoder,
      input,
      options,
    ) {
      decoded += input?.byteLength ?? 0
      return decode.call(this, input, options)
    })
    expect((await count(many, format)).entryCount).toBe(entries)
    expect(decoded).toBeLessThanOrEqual(1_048_576)
  })
})
