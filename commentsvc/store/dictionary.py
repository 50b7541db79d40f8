"""What a short text is compressed against: words and endings that come back in comments, the commonest last.

It saves a twentieth of an English comment, and less in the other languages. A stored body can only be read with the
very same bytes, so this changes only together with `records.LAYOUT`, and then the old one stays beside the new.
"""

WINDOW = -12
"""Raw deflate with a window of 4 KiB: a comment and the dictionary fit, and starting costs a quarter of zlib's own."""

DICTIONARY = (
    "ليس لقد كانت أيضا ولكن الذين حيث لأن هناك شكرا جدا يجب يمكن أكثر بعض عند قبل بعد كما ولا وقد إلا أنا أنه أنها "
    "لها له لهم فيها فيه عليها عليه كان كل غير هل لم لن قد ما لا إن أن التي الذي هذا هذه ذلك بين مع عن إلى على في من "
    "وال بال لل которые потому может только если было есть для что это как так его не на по из и в czy tylko jest "
    "jako przez które może się nie do na że i w anche perché della delle degli nella questo questa sono come più non "
    "per che una gli il la di também porque pero como más para uno una los las del por que con está no es el la de en "
    "être cette comme mais aussi c'est qu'il n'est dans pour avec vous nous les des une est que pas sur qui ne plus "
    "par la nicht auch eine einen wird werden haben sich aber wenn oder dass das ist und der die den von mit für auf "
    "im zu https://www. http:// .html .org .net @outlook.com @example.com @gmail.com 2026 2025 however although "
    "something everything everyone government important different probably actually already another between through "
    "without against question problem example article comments discussion information opinion interesting understand "
    "thank you thanks for please I agree with I disagree should have been would have been there has been are going to "
    "want to be able to as well as because of the, which is why it was the first time that they had never been at the "
    "end of the day one of the most doesn't wouldn't couldn't didn't haven't aren't they're you're we're I've I'm I "
    "don't think that people who years ago really about this, but even if you don't know what when where how why more "
    "than less other after before while these those their there then them some such only just like from have with "
    "will could what your into over also very much many most still being were was had has his her she he we us our "
    "you they it's that's ing tion ment able ness ation ally ed by er est ly. In the It is This is There are I am I "
    "have And But If You What a the that this not for and the of the in the to the on the for the and the with the at "
    "the is a to be it is in a of the this "
).encode()
