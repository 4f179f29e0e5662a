"""A seeded corpus of invented students: sentences that must be found, and sentences that must not."""

# ruff: noqa: S311 # chance with a seed makes the corpus, no secret

import random
from dataclasses import dataclass

from bot.rules.door import Kind


def _words(text: str) -> list[str]:
    return text.split()


GIVEN = _words(
    "Xiomara Jaylen Anaya Deshawn Priya Malik Soledad Ikenna Tamsin Yaretzi Zainab Kofi Noemí Iñaki "
    "Marisol Quetzal Brielle Tevin Amina Rashawn Odalys Leilani Farouk Siobhan D'Andre Jean-Luc "
    "Grace Hope May Angel"
)
FAMILY = _words(
    "Valdovinos Okonkwo Pemberton Restrepo Kowalczyk Abubakar Thibodeaux Quiñones Mbeki Villaseñor "
    "Ramaswamy O'Halloran Etienne Nakagawa Brathwaite Castellanos Brown King"
)
CHINESE = _words("林晓雯 陈子涵 欧阳思源 王梓轩 黃詠詩 赵一诺 李沐阳 周雨桐")
STREETS = ("Maple Street", "Ocean Pkwy", "East 45th St", "Grand Concourse Ave", "Bay Ridge Road")

NAMED = (
    "I think {name} saw the pattern before anybody else.",
    "{name} counted by threes and then stopped.",
    "In this piece, {name}'s second paragraph has no claim.",
    "Look at how {name} explains the denominator!",
    "Our group read the draft by {name}, twice.",
    "Ayer {name} leyó el poema en voz alta.",
    "El borrador de {name} no tiene conclusión.",
)
CHINESE_NAMED = (
    "我觉得{name}的想法很清楚。",
    "{name}先画了一张图\uff0c然后写算式。",
    "今天{name}没有说话",
)
FIRST_ONLY = ("{name} used a number line here.", "what {name} wrote shows that, i think")
PLANTED = {
    Kind.ID: ("OSIS {n9} is on the back", "({n9})", "number {n3}-{n3b}-{n3c}", "学号\uff1a{n9}", "ID: {n6}"),
    Kind.BIRTH_DATE: (
        "born {m}/{d}/{y}", "She was born on March {d}, {y}", "DOB: {y}-0{m}-{d}",
        "Nació el {d} de marzo de {y}", "生日\uff1a{y}年{m}月{d}日", "birthday is {m}/{d}",
    ),
    Kind.ADDRESS: ("lives at {n2} {street}", "{n2} {street}, Apt 4B", "vive en la calle Robles 1{n2}", "住在长青路{n2}号"),
    Kind.EMAIL: ("write to {mail}", "({mail})"),
    Kind.PHONE: ("call 718-{n3}-{n4}", "(347) {n3}-{n4}", "+1 929 {n3} {n4}", "347{n3}{n4}"),
    Kind.SERVICE: ("has an IEP", "her 504 plan says so", "goes to speech therapy", "recibe educación especial", "特殊教育"),
    Kind.NAME: ("Name: {lower}", "Nombre: {full}", "姓名\uff1a王小明", "{family}, {given}", "{given} {initial}. drew this", "李小红同学画了三个圆"),
}  # fmt: skip

CLEAN = """
We noticed that most of the work samples show equal groups.
Student A drew an array and Student B wrote a number sentence.
In Step 3 the presenter listens.
Let us meet on Thursday, November 26, 2026 at 3:15 pm.
The Common Core standard asks for two pieces of evidence.
Grade 5 Social Studies uses the same rubric.
Ms. Rivera shared the task and Mr. Okafor took notes.
See page 12 of the New York State Learning Standards.
82 % of the students, 1,250,000 of them, took that test in 2025.
The answer 3.14159265 was cut after two places.
Students may use a calculator, and I hope they will.
What will we do if the data says otherwise?
Brooklyn and Queens have different calendars.
Could we read the first chapter of the novel again?
On Monday we look at Period 2 and Period 7.
I wonder whether "because" is doing too much work here.
Three of five explained the remainder.
How might we open the door for newcomers?
Next time: one thing to keep, one thing to change.
The rubric level moved from 2 to 3 between 9/14/26 and 11/20/26.
Plan B is to reuse the exit ticket.
https://example.org/standards/ela/5/1 has the wording.
The Bronx team chose Text Rendering in March.
La tarea pide dos razones y una prueba.
Los estudiantes trabajan en grupos de cuatro.
¿Qué vemos en la muestra de Estudiante C?
El lunes leemos el segundo párrafo.
我们看到大多数学生用了乘法。
第三步请先听\uff0c再提问。
学生A用了数轴\uff0c学生B画了图。
Atlas Work begins with silence.
I think Part A is harder than Part B for many.
After lunch the Grade 4 Team meets in Room 212.
Name: Student C
Ask before you tell.
Version 2.0 of the tuning sheet has 45 minutes.
In their second draft they cite line 14.
It took 20 minutes, then 10 more.
Yesterday I saw six of nine finish.
Mathematics is the science of patterns.
Who speaks first, and who has not been heard?
The United States Constitution is our text.
Our baseline was 41 of 60; the target is 50.
"To what extent" questions invite both sides.
Langston Hughes wrote the poem we chose.
They compared Lincoln Center with Carnegie Hall.
A Raisin in the Sun is the anchor text.
Use Google Docs for the shared copy.
Professor Lindqvist studied wait time.
Keep the Turn and Talk short.
""".strip().splitlines()


@dataclass(frozen=True)
class Case:
    """A text, what is to be found in it, and the words of it where they are known."""

    text: str
    kind: Kind
    secret: str = ""


def students(seed: int) -> list[str]:
    """Return the names on the team's list; nobody bears them."""
    chance = random.Random(seed)
    return [f"{one} {chance.choice(FAMILY)}" for one in GIVEN] + CHINESE


def cases(seed: int) -> list[Case]:
    """Return sentences with one thing each that must be found."""
    chance = random.Random(seed)
    listed = students(seed)
    made = [
        Case(chance.choice(CHINESE_NAMED).format(name=one), Kind.STUDENT, one)
        if one in CHINESE
        else Case(chance.choice(NAMED).format(name=one), Kind.STUDENT, one)
        for one in listed
        for _ in range(3)
    ]
    for one in listed:
        if one not in CHINESE:
            given = one.split()[0]
            made += [Case(form.format(name=given), Kind.STUDENT, given) for form in FIRST_ONLY]
    for _ in range(60):
        name = f"{chance.choice(GIVEN)} {chance.choice(FAMILY)}"
        made.append(Case(chance.choice(NAMED).format(name=name), Kind.NAME, name))
    for kind, forms in PLANTED.items():
        made += [_planted(chance, kind, form) for form in forms for _ in range(4)]
    return made


def _planted(chance: random.Random, kind: Kind, form: str) -> Case:
    given, family = chance.choice(GIVEN[:20]), chance.choice(FAMILY)
    full = f"{given} {family}"
    text = form.format(
        n9=chance.randrange(200_000_000, 260_000_000),
        n6=chance.randrange(100_000, 999_999),
        n4=chance.randrange(1_000, 9_999),
        n3=chance.randrange(201, 299),
        n3b=chance.randrange(100, 999),
        n3c=chance.randrange(100, 999),
        n2=chance.randrange(10, 99),
        m=chance.randrange(1, 9),
        d=chance.randrange(10, 28),
        y=chance.randrange(2009, 2020),
        street=chance.choice(STREETS),
        mail=f"{family.lower()}{chance.randrange(99)}@pupils.example",
        given=given,
        family=family,
        full=full,
        lower=full.lower(),
        initial=family[0],
    )
    return Case(text, kind)
