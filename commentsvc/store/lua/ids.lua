-- Included where a script finds ids in an index: there they are 17 bytes, 130 bits, and in keys 26 characters.

local DIGIT = {[0] = '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'J', 'K', 'M',
  'N', 'P', 'Q', 'R', 'S', 'T', 'V', 'W', 'X', 'Y', 'Z'}

-- Eight characters from five bytes. Written out, because a page needs it 150 times.
local function eight(raw, at)
  local a, b, c, d, e = string.byte(raw, at, at + 4)
  return DIGIT[(a - a % 8) / 8] .. DIGIT[a % 8 * 4 + (b - b % 64) / 64] .. DIGIT[(b % 64 - b % 2) / 2]
    .. DIGIT[b % 2 * 16 + (c - c % 16) / 16] .. DIGIT[c % 16 * 2 + (d - d % 128) / 128] .. DIGIT[(d % 128 - d % 4) / 4]
    .. DIGIT[d % 4 * 8 + (e - e % 32) / 32] .. DIGIT[e % 32]
end

local function in_letters(raw)
  local a, b = string.byte(raw, 1, 2)
  return DIGIT[a * 8 + (b - b % 32) / 32] .. DIGIT[b % 32] .. eight(raw, 3) .. eight(raw, 8) .. eight(raw, 13)
end
