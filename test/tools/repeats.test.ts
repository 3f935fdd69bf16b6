import { expect, it } from 'vitest'
import { Running, scratch } from './running.ts'

scratch()

it('requests under keys, sent over connections that are cut, are done once each', async () => {
  const repeats = new Running(process.execPath, ['test/bench/repeats.ts', '--requests', '1200'])
  await repeats.isOver
  expect([repeats.child.exitCode, repeats.said]).toEqual([
    0,
    expect.stringContaining('Nothing is there twice, and nothing is lost.'),
  ])
  const [, again = '0'] = /(\d+) were answered again/.exec(repeats.said) ?? []
  expect(Number(again)).toBeGreaterThan(50)
})
