"""The words that the shop is made of, in English and German."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Gender = Literal["m", "f", "n"]

WOOD, METAL, GLASS, CLAY, CLOTH, WOVEN = "wood", "metal", "glass", "clay", "cloth", "woven"


@dataclass(frozen=True, slots=True)
class Word:
    """A word in both languages.

    Attributes:
        key: Spelling in keys and files.
        english: English text.
        german: German text.
    """

    key: str
    english: str
    german: str


@dataclass(frozen=True, slots=True)
class Color(Word):
    """A colour; the code is that of style sheets, such as ``#AA3322``."""

    code: str


@dataclass(frozen=True, slots=True)
class Kind(Word):
    """A kind of product: a noun with what fits it.

    Attributes:
        gender: Grammatical gender of the German noun.
        materials: Groups of materials it is made of.
        sizes: Sizes it comes in, smallest first.
        lowest: Lowest price in cents.
        highest: Highest price in cents.
        english_use: What it is made for: follows ``made for``.
        german_use: The same, with its preposition.
    """

    gender: Gender
    materials: tuple[str, ...]
    sizes: tuple[str, ...]
    lowest: int
    highest: int
    english_use: str
    german_use: str


@dataclass(frozen=True, slots=True)
class Material(Word):
    """A material, the group it belongs to and how to care for it."""

    group: str


@dataclass(frozen=True, slots=True)
class Category(Word):
    """A category below the root; the keys of the kinds that are in it."""

    kinds: tuple[str, ...]


LAMP_SIZES = ("35 cm", "50 cm", "65 cm")
CLOTHES_SIZES = ("S", "M", "L", "XL")
VOLUMES = ("0.5 l", "1 l", "1.5 l")

KINDS: tuple[Kind, ...] = (
    Kind("desk-lamp", "desk lamp", "Schreibtischlampe", "f", (METAL, WOOD), LAMP_SIZES,
         3900, 14900, "long evenings at the desk", "für lange Abende am Schreibtisch"),
    Kind("kettle", "kettle", "Wasserkocher", "m", (METAL, GLASS), VOLUMES,
         2900, 11900, "the first tea of the day", "für den ersten Tee des Tages"),
    Kind("desk", "desk", "Schreibtisch", "m", (WOOD, METAL), ("120 cm", "140 cm", "160 cm"),
         19900, 89900, "work that needs room", "für Arbeit, die Platz braucht"),
    Kind("cushion", "cushion", "Kissen", "n", (CLOTH,), ("40 x 40 cm", "50 x 50 cm"),
         1500, 5900, "sofas and window seats", "für Sofa und Fensterbank"),
    Kind("backpack", "backpack", "Rucksack", "m", (CLOTH,), ("15 l", "22 l", "30 l"),
         4900, 17900, "the way to work and back", "für den Weg zur Arbeit und zurück"),
    Kind("vase", "vase", "Vase", "f", (GLASS, CLAY), ("18 cm", "26 cm", "34 cm"),
         1900, 9900, "a handful of wild flowers", "für eine Handvoll Wiesenblumen"),
    Kind("bookshelf", "bookshelf", "Bücherregal", "n", (WOOD, METAL), ("80 cm", "120 cm"),
         14900, 69900, "books that are read twice", "für Bücher, die man zweimal liest"),
    Kind("mug", "mug", "Becher", "m", (CLAY, METAL), ("250 ml", "350 ml"),
         900, 3400, "hot chocolate and cold hands", "für heiße Schokolade und kalte Hände"),
    Kind("floor-lamp", "floor lamp", "Stehlampe", "f", (METAL, WOOD), ("140 cm", "160 cm"),
         7900, 34900, "the reading corner", "für die Leseecke"),
    Kind("rug", "rug", "Teppich", "m", (CLOTH,), ("80 x 150 cm", "120 x 180 cm", "160 x 230 cm"),
         8900, 59900, "bare feet on cold mornings", "für bloße Füße an kalten Morgen"),
    Kind("chair", "chair", "Stuhl", "m", (WOOD, METAL, WOVEN), ("45 cm", "48 cm"),
         8900, 39900, "long dinners with friends", "für lange Abendessen mit Freunden"),
    Kind("teapot", "teapot", "Teekanne", "f", (CLAY, GLASS, METAL), VOLUMES,
         2400, 9900, "a quiet afternoon", "für einen ruhigen Nachmittag"),
    Kind("wall-clock", "wall clock", "Wanduhr", "f", (WOOD, METAL), ("25 cm", "32 cm"),
         2900, 15900, "kitchens and hallways", "für Küche und Flur"),
    Kind("cardigan", "cardigan", "Strickjacke", "f", (CLOTH,), CLOTHES_SIZES,
         5900, 18900, "the days between the seasons", "für die Tage zwischen den Jahreszeiten"),
    Kind("cutting-board", "cutting board", "Schneidebrett", "n", (WOOD,), ("28 cm", "36 cm"),
         1800, 7900, "bread, cheese and vegetables", "für Brot, Käse und Gemüse"),
    Kind("laundry-basket", "laundry basket", "Wäschekorb", "m", (WOVEN, CLOTH), ("40 l", "60 l"),
         2900, 9900, "bathrooms small and large", "für kleine und große Bäder"),
    Kind("pendant-lamp", "pendant lamp", "Pendelleuchte", "f", (METAL, GLASS, WOVEN), LAMP_SIZES,
         5900, 29900, "the place above the table", "für den Platz über dem Tisch"),
    Kind("bowl", "bowl", "Schale", "f", (CLAY, WOOD, GLASS), ("14 cm", "20 cm", "26 cm"),
         1200, 6900, "fruit, salad and soup", "für Obst, Salat und Suppe"),
    Kind("armchair", "armchair", "Sessel", "m", (CLOTH, WOVEN), ("72 cm", "84 cm"),
         24900, 99900, "the second half of the day", "für die zweite Hälfte des Tages"),
    Kind("towel", "towel", "Handtuch", "n", (CLOTH,), ("50 x 100 cm", "70 x 140 cm"),
         1200, 4900, "bath, sauna and lake", "für Bad, Sauna und See"),
    Kind("frying-pan", "frying pan", "Bratpfanne", "f", (METAL,), ("20 cm", "24 cm", "28 cm"),
         2900, 15900, "crisp potatoes and soft eggs", "für krosse Kartoffeln und zarte Eier"),
    Kind("stool", "stool", "Hocker", "m", (WOOD, METAL, WOVEN), ("45 cm", "65 cm"),
         4900, 21900, "guests who come unannounced", "für Gäste, die unangemeldet kommen"),
    Kind("umbrella", "umbrella", "Regenschirm", "m", (CLOTH,), ("98 cm", "120 cm"),
         2400, 8900, "rain from every side", "für Regen von allen Seiten"),
    Kind("mirror", "mirror", "Spiegel", "m", (GLASS, METAL, WOOD), ("40 cm", "60 cm", "80 cm"),
         3900, 24900, "halls that want more light", "für Flure, die mehr Licht brauchen"),
    Kind("carafe", "carafe", "Karaffe", "f", (GLASS, CLAY), VOLUMES,
         1900, 7900, "water, wine and juice", "für Wasser, Wein und Saft"),
    Kind("throw", "throw", "Decke", "f", (CLOTH,), ("130 x 170 cm", "150 x 200 cm"),
         3900, 19900, "films that last too long", "für Filme, die zu lange dauern"),
    Kind("side-table", "side table", "Beistelltisch", "m", (WOOD, METAL, GLASS), ("40 cm", "50 cm"),
         6900, 32900, "a cup, a book and a lamp", "für eine Tasse, ein Buch und eine Lampe"),
    Kind("plant-pot", "plant pot", "Blumentopf", "m", (CLAY, METAL), ("12 cm", "18 cm", "24 cm"),
         900, 5900, "herbs and small trees", "für Kräuter und kleine Bäume"),
    Kind("beanie", "beanie", "Mütze", "f", (CLOTH,), ("S", "M", "L"),
         1900, 5900, "wind from the north", "für Wind aus dem Norden"),
    Kind("bread-box", "bread box", "Brotkasten", "m", (METAL, WOOD), ("32 cm", "40 cm"),
         2900, 11900, "a loaf that stays fresh", "für einen Laib, der frisch bleibt"),
    Kind("candle-holder", "candle holder", "Kerzenständer", "m", (METAL, GLASS, CLAY),
         ("8 cm", "15 cm", "22 cm"), 1200, 6900, "the long table", "für die lange Tafel"),
    Kind("clothes-rail", "clothes rail", "Kleiderstange", "f", (METAL, WOOD), ("90 cm", "120 cm"),
         5900, 22900, "coats, shirts and guests", "für Mäntel, Hemden und Besuch"),
)  # fmt: skip

CATEGORIES: tuple[Category, ...] = (
    Category("lighting", "Lighting", "Licht",
             ("desk-lamp", "floor-lamp", "pendant-lamp", "candle-holder")),
    Category("furniture", "Furniture", "Möbel",
             ("desk", "bookshelf", "chair", "armchair", "stool", "side-table", "clothes-rail")),
    Category("kitchen", "Kitchen and table", "Küche und Tisch",
             ("kettle", "mug", "teapot", "cutting-board", "bowl", "frying-pan", "carafe",
              "bread-box")),
    Category("textiles", "Textiles", "Textilien", ("cushion", "rug", "towel", "throw")),
    Category("accessories", "Accessories", "Wohnaccessoires",
             ("vase", "wall-clock", "laundry-basket", "mirror", "plant-pot")),
    Category("outdoors", "Out and about", "Unterwegs",
             ("backpack", "cardigan", "umbrella", "beanie")),
)  # fmt: skip
"""Every kind is in one of them."""

ROOT = Word("home", "Everything", "Alles")
"""The category above the others."""

NEW = Word("new", "New arrivals", "Neu eingetroffen")
"""The category of what is new, whatever kind it is of."""

ADJECTIVES: tuple[Word, ...] = (
    Word("light", "light", "leicht"),
    Word("sturdy", "sturdy", "robust"),
    Word("slim", "slim", "schmal"),
    Word("compact", "compact", "kompakt"),
    Word("classic", "classic", "klassisch"),
    Word("modern", "modern", "modern"),
    Word("handmade", "handmade", "handgefertigt"),
    Word("timeless", "timeless", "zeitlos"),
    Word("elegant", "elegant", "elegant"),
    Word("plain", "plain", "schlicht"),
    Word("fine", "fine", "fein"),
    Word("rustic", "rustic", "rustikal"),
    Word("nordic", "Nordic", "nordisch"),
    Word("discreet", "discreet", "dezent"),
    Word("small", "small", "klein"),
    Word("large", "large", "groß"),
    Word("playful", "playful", "verspielt"),
    Word("practical", "practical", "praktisch"),
    Word("durable", "durable", "langlebig"),
    Word("charming", "charming", "charmant"),
    Word("clever", "clever", "raffiniert"),
)
"""Adjectives; the German ones are stems that take the endings of `ENDINGS`."""

ENDINGS: dict[Gender, str] = {"m": "er", "f": "e", "n": "es"}
ARTICLES: dict[Gender, str] = {"m": "Der", "f": "Die", "n": "Das"}
PRONOUNS: dict[Gender, str] = {"m": "Er", "f": "Sie", "n": "Es"}

SERIES: tuple[str, ...] = (
    "Aven", "Brisa", "Corvo", "Darun", "Elmira", "Fjelda", "Gavra", "Halden", "Isolde", "Jarno",
    "Kestra", "Lumo", "Marel", "Norra", "Orsa", "Pello", "Quint", "Rovena", "Solva", "Tarn",
    "Ulmo", "Vesta", "Wieland", "Yra", "Zelva", "Öresa", "Ähre",
)  # fmt: skip

BRANDS: tuple[str, ...] = (
    "Holm & Rabe",
    "Nordlicht Werk",
    "Atelier Kranz",
    "Studio Pfau",
    "Feld & Stein",
    "Wiesengrund",
    "Haus Özdal",
    "Kontor Lenk",
)

MATERIALS: tuple[Material, ...] = (
    Material("oak", "oak", "Eiche", WOOD),
    Material("walnut", "walnut", "Nussbaum", WOOD),
    Material("beech", "beech", "Buche", WOOD),
    Material("ash", "ash", "Esche", WOOD),
    Material("steel", "steel", "Stahl", METAL),
    Material("brass", "brass", "Messing", METAL),
    Material("aluminium", "aluminium", "Aluminium", METAL),
    Material("glass", "glass", "Glas", GLASS),
    Material("smoked-glass", "smoked glass", "Rauchglas", GLASS),
    Material("stoneware", "stoneware", "Steinzeug", CLAY),
    Material("porcelain", "porcelain", "Porzellan", CLAY),
    Material("earthenware", "earthenware", "Steingut", CLAY),
    Material("wool", "wool", "Wolle", CLOTH),
    Material("cotton", "cotton", "Baumwolle", CLOTH),
    Material("linen", "linen", "Leinen", CLOTH),
    Material("canvas", "canvas", "Segeltuch", CLOTH),
    Material("willow", "willow", "Weide", WOVEN),
    Material("rattan", "rattan", "Rattan", WOVEN),
    Material("bamboo", "bamboo", "Bambus", WOVEN),
)

CARE: dict[str, Word] = {
    WOOD: Word("oil", "wipe dry and oil once a year", "trocken abwischen und jährlich ölen"),
    METAL: Word("wipe", "wipe with a soft cloth", "mit einem weichen Tuch abwischen"),
    GLASS: Word("rinse", "rinse with warm water", "mit warmem Wasser spülen"),
    CLAY: Word("dishwasher", "dishwasher safe", "spülmaschinenfest"),
    CLOTH: Word("cold-wash", "wash cold and dry flat", "kalt waschen und liegend trocknen"),
    WOVEN: Word("brush", "brush off dry", "trocken abbürsten"),
}

COLORS: tuple[Color, ...] = (
    Color("red", "red", "Rot", "#B3262E"),
    Color("blue", "blue", "Blau", "#2457A6"),
    Color("green", "green", "Grün", "#2F7D4F"),
    Color("black", "black", "Schwarz", "#1B1B1B"),
    Color("white", "white", "Weiß", "#F7F5F0"),
    Color("grey", "grey", "Grau", "#8A8D91"),
    Color("yellow", "yellow", "Gelb", "#E8B923"),
    Color("sand", "sand", "Sand", "#D8C3A0"),
    Color("copper", "copper", "Kupfer", "#B0653A"),
    Color("petrol", "petrol", "Petrol", "#12606B"),
    Color("terracotta", "terracotta", "Terrakotta", "#C2613F"),
)

FEATURES: tuple[Word, ...] = (
    Word("repairable", "repairable", "reparierbar"),
    Word("recyclable", "recyclable", "recycelbar"),
    Word("made-to-order", "made to order", "auf Bestellung gefertigt"),
    Word("long-warranty", "five years of warranty", "fünf Jahre Garantie"),
    Word("plastic-free", "plastic-free packaging", "plastikfreie Verpackung"),
    Word("regional", "made in the region", "in der Region gefertigt"),
)

ENGLISH_OPENINGS: tuple[str, ...] = (
    "The {name} is made of {material} and made for {use}.",
    "Made for {use}: the {name} of {material}.",
    "{brand} makes the {name} of {material}, made for {use}.",
    "With the {name}, {brand} shows what {material} can be; it is made for {use}.",
)
GERMAN_OPENINGS: tuple[str, ...] = (
    "{article} {name} ist aus {material} gefertigt und gemacht {use}.",
    "Gemacht {use}: {article_small} {name} aus {material}.",
    "{brand} fertigt {accusative} {name} aus {material}, gemacht {use}.",
    "Mit {dative} {name} zeigt {brand}, was {material} sein kann; gemacht {use}.",
)

ENGLISH_MIDDLES: tuple[str, ...] = (
    "It comes ready assembled and can be passed on for a generation.",
    "Its lines are calm, its edges rounded, its weight is pleasant in the hand.",
    "Each piece is checked by hand before it leaves the workshop.",
    "Small differences in the surface belong to the material and make each piece its own.",
    "It goes with old furniture as well as with new.",
)
GERMAN_MIDDLES: tuple[str, ...] = (
    "{pronoun} kommt fertig montiert und lässt sich eine Generation lang weitergeben.",
    "Die Linien sind ruhig, die Kanten gerundet, das Gewicht liegt angenehm in der Hand.",
    "Jedes Stück wird von Hand geprüft, bevor es die Werkstatt verlässt.",
    "Kleine Unterschiede der Oberfläche gehören zum Material und machen jedes Stück einzigartig.",
    "{pronoun} passt zu alten Möbeln ebenso wie zu neuen.",
)

ENGLISH_ENDINGS: tuple[str, ...] = (
    "Care: {care}.",
    "To keep it beautiful: {care}.",
    "A word on care: {care}.",
)
GERMAN_ENDINGS: tuple[str, ...] = (
    "Pflege: {care}.",
    "Damit die Freude bleibt: {care}.",
    "Ein Wort zur Pflege: {care}.",
)
ACCUSATIVES: dict[Gender, str] = {"m": "den", "f": "die", "n": "das"}
DATIVES: dict[Gender, str] = {"m": "dem", "f": "der", "n": "dem"}
