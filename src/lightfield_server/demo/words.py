"""Names of invented companies, people and places, by country, for the story to draw from."""

from typing import NamedTuple


class Town(NamedTuple):
    city: str
    state: str | None
    postal: str
    latitude: float
    longitude: float


class Country(NamedTuple):
    """`phones` are ranges in which no telephone rings: a beginning and how many digits follow it."""

    roots: tuple[str, ...]
    trades: dict[str, tuple[str, ...]]
    first: tuple[str, ...]
    last: tuple[str, ...]
    towns: tuple[Town, ...]
    streets: tuple[str, ...]
    phones: tuple[tuple[str, int], ...]
    language: str


#: Trade → the industries an account of it has.
INDUSTRIES = {
    "food": ("Manufacturing", "Retail"),
    "haulage": ("Transportation & Logistics",),
    "hospital": ("Healthcare",),
    "laboratory": ("Healthcare", "Professional Services"),
    "school": ("Education",),
}

TITLES = {
    "food": ("Quality Manager", "Head of Operations", "Site Manager", "Technical Director", "Purchasing Manager"),
    "haulage": ("Fleet Manager", "Head of Cold Chain", "Operations Director", "Compliance Manager", "Depot Manager"),
    "hospital": ("Chief Pharmacist", "Estates Manager", "Head of Procurement", "Pathology Manager", "IT Manager"),
    "laboratory": ("Laboratory Manager", "Head of Quality", "Principal Scientist", "Facilities Lead", "Buyer"),
    "school": ("Head of Catering", "Estates Director", "Bursar", "Laboratory Superintendent", "Procurement Officer"),
}


def _listed(words: str) -> tuple[str, ...]:
    return tuple(" ".join(word.split()) for word in words.split(","))


COUNTRIES = {
    "GB": Country(
        roots=_listed(
            """
            Alderwick, Bramhope, Calderstone, Dunmere, Eastholm, Fenwater, Garrowby, Hartsmere, Inchkeld,
            Kelderby, Langmoor, Marlstone, Netherby, Oakhanger, Penhallow, Quarrington, Ravensdale, Selkirk
            Vale, Thornbeck, Ulverdale, Wexcombe, Yarrowside
            """
        ),
        trades={
            "food": ("Creamery", "Foods", "Bakeries", "Seafood"),
            "haulage": ("Chilled Haulage", "Cold Storage"),
            "hospital": ("Hospitals", "Pharmacies"),
            "laboratory": ("Laboratories", "Biosciences"),
            "school": ("College",),
        },
        first=_listed(
            """
            Alasdair, Beth, Ciara, Dafydd, Elspeth, Fergus, Gwen, Hamish, Imogen, Joss, Kirsty, Leo, Moira,
            Niall, Olive, Piers, Rhona, Sunil, Tamsin, Zara
            """
        ),
        last=_listed(
            """
            Ashdown, Birtwhistle, Carrick, Dunstan, Entwistle, Fairburn, Glossop, Hathersage, Ingleby, Jessop,
            Kerridge, Lockwood, Mistry, Nettleton, Oyelaran, Pargeter, Rowntree, Sugden
            """
        ),
        towns=(
            Town("Leeds", None, "LS1 4AP", 53.80, -1.55),
            Town("Bristol", None, "BS1 5TR", 51.45, -2.59),
            Town("Glasgow", None, "G2 1DY", 55.86, -4.25),
            Town("Norwich", None, "NR1 3JG", 52.63, 1.30),
            Town("Cardiff", None, "CF10 1EP", 51.48, -3.18),
            Town("Hull", None, "HU1 2AA", 53.74, -0.34),
        ),
        streets=("Wharf Road", "Tanner's Row", "Old Brewery Lane", "Station Approach", "Priory Street"),
        phones=(("+441632960", 3), ("+441614960", 3), ("+442079460", 3)),
        language="English",
    ),
    "DE": Country(
        roots=_listed(
            """
            Ahrensbach, Birkenried, Dornheim, Eichenau, Falkenried, Grünwalder, Hohenfeld, Isarwinkel,
            Kaltenbrunn, Lindenau, Moosbach, Neuensee, Ostertal, Rabenstein, Silberhorn, Weidenhof
            """
        ),
        trades={
            "food": ("Molkerei", "Frischdienst", "Feinkost"),
            "haulage": ("Kühllogistik", "Spedition"),
            "hospital": ("Kliniken", "Apotheken"),
            "laboratory": ("Labor", "Biotechnik"),
            "school": ("Hochschule",),
        },
        first=_listed(
            """
            Annika, Bernd, Carla, Dieter, Elke, Friedrich, Gesine, Holger, Ines, Jürgen, Katrin, Lothar,
            Mareike, Norbert, Petra, Rainer, Svenja, Yusuf
            """
        ),
        last=_listed(
            """
            Aschenbrenner, Birkholz, Dannecker, Eberling, Fuhrmann, Gerlach, Hölzl, Imhof, Kessler, Lindner,
            Möhring, Nachtigall, Petersohn, Rauch, Stegemann, Uhlig, Wiesner, Yildirim
            """
        ),
        towns=(
            Town("Berlin", None, "10115", 52.53, 13.38),
            Town("Hamburg", None, "20095", 53.55, 10.00),
            Town("München", None, "80331", 48.14, 11.57),
            Town("Köln", None, "50667", 50.94, 6.96),
            Town("Frankfurt am Main", None, "60311", 50.11, 8.68),
        ),
        streets=("Am Kühlhaus", "Hafenstraße", "Lindenallee", "Industrieweg", "Marktplatz"),
        phones=(("+493023125", 3), ("+494066969", 3), ("+498999998", 3), ("+496990009", 3)),
        language="German",
    ),
    "FR": Country(
        roots=_listed(
            """
            Aubervilliers-Nord, Beaulac, Chantefontaine, Domremont, Estrelle, Fontclaire, Grandval, Hautebise,
            Lormont, Montfroid, Puyvert, Rochebrune, Saint-Aubert, Valmorin
            """
        ),
        trades={
            "food": ("Fromagerie", "Primeurs", "Traiteur"),
            "haulage": ("Transports Frigorifiques",),
            "hospital": ("Cliniques", "Pharmacie Centrale"),
            "laboratory": ("Laboratoires",),
            "school": ("Institut",),
        },
        first=_listed(
            """
            Amélie, Baptiste, Clémence, Damien, Élodie, Fabrice, Guillaume, Hélène, Isabelle, Jules, Karim,
            Laure, Mathilde, Noémie, Olivier, Pascale, Rémi, Solène
            """
        ),
        last=_listed(
            """
            Aubertin, Bellanger, Chastain, Delacourt, Estève, Fontanel, Guérin, Haddad, Jaubert, Lacombe,
            Montagnac, Nivelle, Perrault, Quesnel, Roussillon, Sabatier, Thévenin, Vasseur
            """
        ),
        towns=(
            Town("Lyon", None, "69002", 45.76, 4.83),
            Town("Nantes", None, "44000", 47.22, -1.55),
            Town("Lille", None, "59800", 50.63, 3.06),
            Town("Toulouse", None, "31000", 43.60, 1.44),
        ),
        streets=("rue de la Glacière", "quai du Marché", "avenue des Halles", "chemin du Vieux Port"),
        phones=(("+3319900", 4), ("+3326191", 4), ("+3335301", 4), ("+3346571", 4)),
        language="French",
    ),
    "US": Country(
        roots=_listed(
            """
            Alder Creek, Blue Heron, Cedar Hollow, Deer Prairie, Elk Ridge, Four Corners, Granite Bay, Huron
            Point, Iron Lake, Juniper Flats, Kettle River, Lone Pine, Mesa Verde Road, North Fork, Otter Bend,
            Prairie Star, Red Barn, Silver Birch
            """
        ),
        trades={
            "food": ("Dairy", "Provisions", "Meats"),
            "haulage": ("Refrigerated Freight", "Cold Storage"),
            "hospital": ("Health", "Pharmacy Group"),
            "laboratory": ("Labs", "Genomics"),
            "school": ("State College",),
        },
        first=_listed(
            """
            Abigail, Brent, Cassidy, Darnell, Evelyn, Frank, Graciela, Hector, Ivy, Jamal, Kendra, Luis,
            Marisol, Nolan, Opal, Quentin, Rosa, Shawn, Trina, Vernon
            """
        ),
        last=_listed(
            """
            Abernathy, Blankenship, Castellanos, Dupree, Eberhardt, Fontenot, Gutierrez, Hollis, Iverson,
            Jefferies, Kowalczyk, Larrabee, McAllister, Nakamura, Ostrander, Pruitt, Sizemore
            """
        ),
        towns=(
            Town("Madison", "WI", "53703", 43.07, -89.40),
            Town("Duluth", "MN", "55802", 46.78, -92.10),
            Town("Columbus", "OH", "43215", 39.96, -83.00),
            Town("Boise", "ID", "83702", 43.62, -116.20),
            Town("Portland", "OR", "97205", 45.52, -122.68),
        ),
        streets=("Icehouse Road", "Depot Street", "Mill Avenue", "County Road 12", "Harbor Drive"),
        phones=(("+160855501", 2), ("+161455501", 2), ("+121855501", 2), ("+150355501", 2)),
        language="English",
    ),
}

#: How accounts are spread over countries: one entry each in turn.
SPREAD = ("GB", "GB", "DE", "GB", "US", "FR", "GB", "DE", "US", "GB")
