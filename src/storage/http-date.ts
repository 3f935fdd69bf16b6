/** The older forms of a date, to the one that is written today: with the weekday cut to three letters. */
const ASCTIME = /^(\w{3}) (\w{3}) ([ \d]\d) (\d\d:\d\d:\d\d) (\d{4})$/
const RFC_850 = /^(Sun|Mon|Tues|Wednes|Thurs|Fri|Satur)day, (\d\d)-(\w{3})-(\d\d) (\d\d:\d\d:\d\d GMT)$/

/** A date in one of the three forms of RFC 9110, section 5.6.7, in epoch milliseconds; NaN for anything else. */
export function readHttpDate(text: string, now = Date.now()): number {
  const [, weekday = '', day = '', month = '', years = '', time = ''] = RFC_850.exec(text) ?? []
  if (weekday !== '')
    return readFixed(`${weekday.slice(0, 3)}, ${day} ${month} ${yearOf(years, now)} ${time}`)
  return readFixed(
    text.replace(
      ASCTIME,
      (_, its, of, at: string, hours, year) => `${its}, ${at.replace(' ', '0')} ${of} ${year} ${hours} GMT`,
    ),
  )
}

/** What reads as another date than it says, or has another weekday, is none. */
function readFixed(text: string): number {
  const time = Date.parse(text)
  return !Number.isNaN(time) && new Date(time).toUTCString() === text ? time : Number.NaN
}

/** Two digits are of the latest year that is at most 50 years ahead. */
function yearOf(digits: string, now: number): number {
  const latest = new Date(now).getUTCFullYear() + 50
  return latest - ((((latest - Number(digits)) % 100) + 100) % 100)
}
