"""Which characters of a Simplified text begin the name of a person: 于刚 is called 于, and 于是 is a word."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Container

#: Surnames that are other characters when they are not.
SURNAMES = {"于": "于", "余": "余", "范": "范", "游": "游", "涂": "涂", "党": "党", "钟": "鍾"}


def is_name(text: str, place: int, words: Container[str]) -> bool:
    """Whether a person's name starts with the surname at `place`: what stands before it, after it and in it is weighed. `words`
    are the words of the language."""
    surname = text[place]
    called = _CALLED.match(text, place + 1)
    if not called and text[place + 1 : place + 2] not in _MAY_FOLLOW:
        return False
    before = 2 if _WHO.search(text, max(place - 5, 0), place) else 1 if text[place - 1] in _WITH + "由对" else 0
    if not before and (surname == "于" or text[place - 1] in _DIGITS):
        return False
    if any(text[start : place + 1] in words for start in range(max(place - 3, 0), place)):
        # 由于 and 对于 may be 由 and 对 before a person, if little else can follow.
        before -= 0 if text[place - 1] in "由对" and _SURELY.match(text, place + 1) else 3
    if called:
        return before > -1
    return any(
        before + _weigh(text, place, end, words) >= (3 if surname == "钟" else 5 if surname == "党" else 4)
        for end in (place + 3, place + 2)
        if end <= len(text)
    )


def _weigh(text: str, place: int, end: int, words: Container[str]) -> int:
    """How much a name from `place` to `end` looks like one: from its given name and what follows."""
    given = text[place + 1 : end]
    if any(character not in _GIVEN for character in given):
        return -9
    weight = 2 if given[-1] in _NAMELY or (len(given) == 2 and given not in words) else 1 if len(given) == 1 else 0
    if given[0] == "和" or (text[place:end] in words and given[-1] not in _NAMELY):
        weight -= 3
    if text[place] == "于" and given in words and len(given) == 2:
        weight -= 1
    for start in range(place + 1, end):
        if end < len(text) and (text[start : end + 1] in words or text[start : end + 2] in words):
            weight -= 3
            break
    if end == len(text) or _THEN.match(text, end):
        return weight + 2
    return weight + (text[end : end + 2] in words)


_HAN = "\u3400-\u9fff"

#: Characters of given names.
_GIVEN = (
    "文明德华军志玉尔平小光建山元英海林云永靖东宗安克晓宝春龙斯江师世正祥蓉道伯庆峰夫民立清学秀仁忠士成俊丽新良兵维武荣"
    "昌伟兰义兴振凤思汉敏祖君利保杰镇飞襄亚树庄刚红达贵相青梅景松波哥方瑞芳石基恩宏才美阳和朝南宇河贤书连嘉心宁强高科"
    "绍廷秋孝康臣顺守尼承继丹政真风布奇斐鹏洪希敬辉玲燕特誉远延铁斌珍泽惠雪虎鸿泉泰健普格亮邦卫胜进培信素超白传同乐权"
    "寿慧桂若智勇诚礼友吉雄尚善帝彦涛力锡花兄博耀洛灵诗香塔卿麟堂坚莲侯陵昭罗初爱伦应贞升浩衡自崇怀源雷根仙震岩鲁凯威"
    "冰楚雅静梦锦铭鹤霞显湖茂冲晋恒齐曼梁芬孟谦群化乾庭常勋莉旭迪欣霖佳盛毅史哲奎纯柏言柱琴珠厚隆润亭艳扬蒂毛琪图勤献"
    "封温谷昆瑜派娜莱鼎婷怡竹朗草营依跃岛伊征豪魏微钦掌翰辅碧备卓湾宜能溪湘满甫奉存季巴烈堡益爵蒙琳禄颖朱瑶桢栋纪翔廉"
    "楼翠宾轩锋媛琦禹丝旺洲念台骏津则凡藻彩岗渠虹顿夏亨柳菊居晶端麦黎眉肇渡柔羽磊鑫昊倩娟雯妍茜薇岚晗璐楠涛帆洋洁莹颜"
    "芝芸萍子生国大先公发喜福来年居友让水本某宽锐弘章逸晨曦航聪丞硕煜炜焱睿豫骁睒苗贝铮铎琛钢谨滨冠屹淳卉懿绮筠彤彪韬奕歌舟岩沛延乔蕾娇蓓蕊嫣绪"
)
#: Characters that hardly stand in anything but a given name.
_NAMELY = "斌磊鑫昊倩娟雯妍茜薇岚晗璐琪琳婷莉娜莹颖楠涛骏炜睿琛韬彤懿筠蕾蓓谦哲鹏嘉毅睒煜杰敏俊浩伟刚欣瑶媛琦芬霞"

#: What stands before a name: nothing, or who it is.
_WHO = re.compile(
    f"(?:^|[^{_HAN}0-9０-９%]|[员师长家者手士]|记者|主席|总[统理裁监]|书记|主任|经理|董事|教授|同[学事]|朋友|冠军|名将|导演|编[辑剧]|教练|先生"
    "|代表|助理|顾问|秘书|大使|创始人|[合人]伙人|发言人|主持人|[投出]资人|候选人|当事人|经纪人|负责人|掌门人|首席|职工|农民|儿子|女儿|妻子|丈夫"
    "|父亲|母亲|姐夫|摄影|副总|高管|老板|网友|民警|博士后|处长|院士)$"
)
_WITH = "与和及跟请让叫被是、"
_DIGITS = "0123456789０１２３４５６７８９一二三四五六七八九十百千万亿"

_MAY_FOLLOW = frozenset(_GIVEN)
_SURELY = re.compile(f"[{_GIVEN}]?[{_NAMELY}]")

#: What stands after a surname alone, and after a whole name.
_CALLED = re.compile("先生|女士|小姐|同志|某(?![些种个项])|教授|博士|院士|老师|同学|总(?=[，、：说表认称])")
_THEN = re.compile(
    f"[^{_HAN}]|[在说等和与对为是将从就也还曾已及则称告向又任率带写把被因以的不获摄辞站拿坐]|表示|指出|认为|强调|介绍|主持|出席|当选|提出|要求|代表"
    "|老师|先生|女士|教授|博士|院士|同志|透露|坦言|宣布|回应|解释|补充|觉得|担任|出任|加入|离职|创[办立建]|成为|接受|发[布表文现明]|报道|分享|展示"
    "|参[观加与]|领导|团队|撰写?|编辑|执导|主演|饰演|此前|今天|日前|当时|最近|近日|去世|病逝|卸任|上任|履新|[提谈]到|看来|本人|一行|夫妇|旗下|设计"
    "|控股|投资|开发|研究|建议|负责|牵头|一家|团队|实验室"
)
