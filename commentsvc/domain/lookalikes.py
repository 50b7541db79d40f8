"""Letters that stand for other letters: of other scripts, in other shapes, digits and signs."""

LATIN, CYRILLIC, GREEK, ARMENIAN = "latin", "cyrillic", "greek", "armenian"


def _pairs(pairs: str) -> dict[str, str]:
    return {pair[0]: pair[1:] for pair in pairs.split()}


CYRILLIC_AS_LATIN = _pairs("аa вb сc ԁd еe єe ғf һh нh іi јj кk ӏl мm пn оo рp ԛq гr ѕs тt цu уy ѵv шw ԝw хx үy ьb")
GREEK_AS_LATIN = _pairs("αa βb ςc εe ηn ιi κk λl μm νv οo ρp τt υu χx γy ωw ζz σo")
ARMENIAN_AS_LATIN = _pairs("աw գq եt զq էt հh յj ոn ռn ցg սu ւi քp օo ֆs տs")
LATIN_AS_CYRILLIC = _pairs("aа bв cс eе hн iі kк mм oо pр tт xх yу nп rг uи wш jј sѕ dд zз")
LATIN_AS_GREEK = _pairs("aα bβ eε nη iι kκ mμ vν oο pρ tτ uυ xχ yγ zζ wω")

AS_LATIN = {CYRILLIC: CYRILLIC_AS_LATIN, GREEK: GREEK_AS_LATIN, ARMENIAN: ARMENIAN_AS_LATIN}
FROM_LATIN = {CYRILLIC: LATIN_AS_CYRILLIC, GREEK: LATIN_AS_GREEK, ARMENIAN: dict[str, str]()}

SIGNS_AS_LATIN = _pairs("0o 1i 3e 4a 5s 7t 8b @a $s €e £l !i |i")
SIGNS_AS_CYRILLIC = _pairs("0о 3з 4ч 6б @а")
ALSO_L = frozenset("1|")
"""Signs that stand for an i or for an l."""

# Arabic letters that are written for one another: by keyboards of other languages, by habit, or to get past a filter.
# Hamza on a carrier and the marks of vowels fall away before, because Unicode takes them apart.
AS_ARABIC = {
    **_pairs("ٱا ٲا ٳا ٵا ىي یي ېي ۍي ێي ےي ٸي کك ڪك ګك ڬك ةه ہه ھه ەه ۃه ۀه ۥو ۊو ۏو ۇو ۆو ۈو ٶو ٷو"),
    **_pairs("ڤف ڡف ٯق ڹن ںن ړر ڔر ڕر"),
    "ء": "",
    "ـ": "",
}

# Letters that Unicode does not take apart, and shapes out of scripts that hardly anybody comments in → what is read.
AS_PLAIN_LATIN = {
    **_pairs("Ꭺa ᗅa ꓮa ᑲb ᗷb ꓐb ꮯc Ꮯc Ⲥc ⲥc ᑯd ꓒd Ꭰd ᗞd ꬲe Ꭼe ꓰe ꞙf ꓝf ᖴf Ᏻg ꓖg Ꮐg Ꮋh ꓧh ⲏh Ꭵi ꙇi ᒍj Ꭻj ꓙj Ꮶk ꓗk ⲕk"),
    **_pairs("Ꮮl ꓡl ᒪl ⲓl ᛁl ꓲl Ꮇm ᗰm ꓟm ⲙm ꓠn ⲛn ంo ංo ᴑo ⲟo ⵔo ꓳo 𐐬o ᑭp Ꮲp ꓑp ⲣp ⵕq ꭇr ᴦr ⲅr Ꮢr ᖇr ꓣr ꮪs Ꮪs ꓢs Ꮥs"),
    **_pairs("Ꭲt ꓔt ⲧt ሀu ᑌu ꓴu ⋃u Ꮩv ꓦv ⋁v ᐯv ⴸv Ꮃw ꓪw ᙭x ᕁx Ꭓx ⲭx ꓫx ╳x ᶌy ყy Ꮍy ꓬy ⲩy Ꮓz ꓜz"),
    **_pairs("øo łl đd ðd ħh ŧt æae œoe þth ŋn ɑa ɡg ɩi ɪi ʟl ɴn ʀr ʏy ʙb ɢg ʜh"),
    **_pairs("ᴀa ᴄc ᴅd ᴇe ꜰf ᴊj ᴋk ᴍm ᴏo ᴘp ꜱs ᴛt ᴜu ᴠv ᴡw ᴢz"),
}

INVISIBLE = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180e\u2800\u3164\uffa0")
"""What nobody sees although Unicode calls it no format character."""


def squared_letter(c: str) -> str:
    """The letter of a white letter on a dark circle or square, such as 🅘; empty for anything else."""
    for first in (0x1F150, 0x1F170):
        if first <= ord(c) < first + 26:
            return chr(ord("a") + ord(c) - first)
    return ""
