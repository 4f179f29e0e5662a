"""Words that look like names and mostly are none; kept in lower case, without accents."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


TITLES = _words("mr mrs ms mx miss dr prof principal coach professor sr sra senora maestra")
PARTICLES = _words("de la las los del da di dos van von bin bint al el y")

# Names that are words as well: alone they count only inside a sentence, with a capital.
NAMES_TOO = _words("""
    will may grace hope faith joy rose lily daisy iris violet ruby pearl jade amber crystal dawn
    summer autumn april june august mark bill rob jack drew grant chase hunter mason carter cooper
    page rich art gene frank destiny angel heaven journey justice king prince princess duke major
    star sky river brook forest stone brown white black green gray young long short small little
    wise price cook baker hill park lake wood fields banks bell cross day love best strong sharp
    bright story chance honor noble bishop sage reed clay dale miles max ray pat sue dean sol luz
    cruz mar paz rosa flor cielo reyes rey blanco campos flores rios santos luna amor
    """)

# Words that carry a capital in school talk: at the edge of a pair they make no name of it.
CAPITALS = _words("""
    a an and are as at be because before but by can did do does during each every for from had has
    have he her here his how if in into is it its let maybe my no not now of on once one or our
    please she since so some that the their them then there these they this those to today tomorrow
    two three four five we were what when where which while who why with yes yesterday you your
    after also always another any both first last next most many only other over perhaps still thanks
    under until was would could should cuando porque pero para con sin como donde que ella ellos
    nosotros los las una uno ayer hoy manana despues antes el en segun tambien
    monday tuesday wednesday thursday friday saturday sunday january february march april june
    july august september october november december lunes martes miercoles jueves viernes enero
    febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre
    spring summer fall autumn winter
    academic act answer appendix art article assessment atlas board book box bronx brooklyn
    card center central chapter chart circle city claim class close colloquy column common
    core country county data day department district draft east education elementary english
    estudiante evidence exit figure goal google grade graph great group guide harbor high history
    house idea island jersey language lesson level library line link look manhattan map math
    mathematics middle model module month new north note number object old open pacific page paper
    paragraph part period phase piece phonics plan planet platform poem problem program project prompt
    protocol public queens question reading regents report republic river room round row rubric
    school science section set slide social south spanish staten state states step street student
    students studies study table task teacher team term test text theory ticket title topic tuning
    unit united university version vitamin volume war washington week west word work workshop
    world writing year york alumno alumna clase escuela grado grupo unidad
    """)

SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许邓韩冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫雷龙黎史陶贺毛郝顾龚邵万钱覃武戴孔汤張劉陳楊黃趙吳孫馬羅鄭許鄧韓馮蕭蔣餘葉蘇呂盧鍾譚陸範鄒龍賀顧龔萬錢湯"
