// Names of invented people, by the language they are common in; common parts only, put together at random.
import type { Random } from './random.ts';

export interface PersonName {
  given: string;
  family: string;
  /** BCP 47 tag of the language that the name is common in. */
  language: string;
}

interface NameList {
  given: readonly string[];
  family: readonly string[];
  /** Whether people often bear two family names. */
  twoFamilyNames?: true;
}

/** One list per text: words apart by spaces; an underscore stands for a space within a name. */
function list(given: string, family: string, twoFamilyNames?: true): NameList {
  const words = (text: string) =>
    text
      .trim()
      .split(/\s+/)
      .map((word) => word.replaceAll('_', ' '));
  return { given: words(given), family: words(family), ...(twoFamilyNames && { twoFamilyNames }) };
}

const lists: Readonly<Record<string, NameList>> = {
  en: list(
    `Alice Owen Harriet Callum Grace Marcus Naomi Theo Ruth Declan Imogen Wesley Joan Silas Audrey Grant Phoebe
     Curtis Leah Gordon Beatrice Malcolm Tessa Rowan Edith Nolan`,
    `Ashworth Brennan Calloway Dunmore Ellery Fairbanks Garrick Holloway Ingram Kerrigan Lockhart Merriweather
     Norwood Osgood Pemberton Quigley Radcliffe Sinclair Thackeray Underhill Whitlock Yardley`,
  ),
  de: list(
    `Anneliese Björn Clara Dietmar Elke Florian Gisela Hannes Ilse Jürgen Katharina Lothar Mareike Nikolaus Petra
     Rüdiger Sabine Tobias Ulrike Volker`,
    `Ackermann Böttcher Dörfler Eichhorn Fürstenberg Großmann Hübner Kästner Lindenberg Möller Nachtigall Pfeiffer
     Rößler Schönfeld Steinhäuser Überschär Vogelsang Weißhaupt Zöllner`,
  ),
  fr: list(
    `Amélie Benoît Chloé Didier Élodie François Gaëlle Hervé Inès Jérôme Léa Mathieu Noémie Océane Pascal Régis
     Solène Thibault Valérie Yannick`,
    `Beaumont Chevallier Delacroix Duchêne Fontanel Gauthier Lefèvre Marchand Moreau Pelletier Rousselot
     Saint-Clair Tessier Vasseur Béranger Cœurdevey`,
  ),
  es: list(
    `Alejandra Begoña Carlos Diego Elena Fermín Gloria Íñigo Julián Lucía María_José Nuria Óscar Pilar Ramón
     Sofía Tomás Verónica`,
    `Álvarez Benítez Castaño Domínguez Escudero Fernández Gutiérrez Ibáñez Jiménez Lozano Muñoz Núñez Ordóñez
     Peñalver Quiroga Ríos Sáenz Zamora`,
    true,
  ),
  pt: list(
    `Ana_Luísa Bruno Conceição Duarte Eduarda Fábio Gonçalo Helena Inês João Lívia Mateus Patrícia Rui Tânia
     Vítor`,
    `Azevedo Brandão Carvalho Conceição Esteves Falcão Guimarães Lourenço Magalhães Nóbrega Pacheco Queirós
     Simões Teixeira Vilhena`,
    true,
  ),
  it: list(
    `Alessia Bruno Chiara Davide Eleonora Fabrizio Giulia Leonardo Mariangela Niccolò Ottavia Paolo Renata
     Salvatore Tiziana Umberto`,
    `Amoretti Bellandi Caputo D’Angeli De_Santis Ferrante Galimberti Lo_Presti Marchetti Nardone Ottaviani
     Pellegrini Santoro Taddei Vescovi`,
  ),
  nl: list(
    `Anouk Bram Carlijn Dirk Eline Floris Geertje Hendrik Ilse Joost Lotte Maarten Noor Pieter Sanne Wouter Zoë`,
    `Bakhuis de_Wit Hoogland Jansma Kuipers van_der_Meer Nijland Oosterhuis Postma Schuurman ter_Horst Veenstra
     van_Dijk Wiersma Zandstra`,
  ),
  sv: list(
    `Agneta Björn Cecilia Elin Fredrik Göran Hedvig Jörgen Karin Lovisa Måns Oskar Pernilla Sören Åsa Örjan`,
    `Ahlström Bergqvist Dahlén Ekström Forsberg Grönlund Hägglund Kjellgren Lindqvist Nyström Sjöberg Sköld
     Wallgren Åkesson Öberg`,
  ),
  no: list(
    `Aksel Bjørg Einar Frøydis Gunnar Håkon Ingrid Jorunn Kåre Liv Marte Oddvar Ragnhild Sigrid Terje Øystein`,
    `Aasland Bjørnstad Dahlberg Eikeland Fjeldstad Grønnevik Haugland Kvamme Lillebø Nygård Rønning Solheim
     Tveit Ødegård`,
  ),
  da: list(
    `Anders Birgitte Esben Freja Gitte Jeppe Karoline Lærke Mikkel Rikke Søren Tove Viggo`,
    `Bæk Damgaard Frandsen Højgaard Kjær Lundsgaard Møllegaard Nørgaard Rasmussen Skovgaard Thygesen Østergaard`,
  ),
  fi: list(
    `Aino Eero Heidi Ilkka Jukka Kaisa Lasse Marjatta Olli Päivi Riikka Sampo Tuomas Väinö`,
    `Hämäläinen Jääskeläinen Koivisto Laaksonen Mäkelä Niemelä Pöyhönen Räsänen Salmela Tervo Väisänen`,
  ),
  pl: list(
    `Agnieszka Bartosz Dorota Elżbieta Grzegorz Halina Jarosław Katarzyna Łukasz Małgorzata Paweł Stanisław
     Wojciech Zofia`,
    `Błaszczak Dąbrowski Gałązka Jabłoński Kołodziej Łapiński Nowicka Ostrowska Piątek Różański Sikora Święcicki
     Wrona Zielińska`,
  ),
  cs: list(
    `Alžběta Bohumil Denisa František Hana Jiří Kateřina Luděk Markéta Ondřej Přemysl Růžena Šárka Vojtěch`,
    `Beneš Čermák Dvořáček Havlíček Jelínek Kadlec Kučera Němec Růžička Sedláček Štěpánek Vaněk Zeman`,
  ),
  ro: list(
    `Adriana Bogdan Corina Dragoș Ileana Ionuț Mălina Octavian Raluca Ștefan Tudor Viorica`,
    `Albu Bălan Cojocaru Dănescu Enache Grigorescu Munteanu Pădureanu Rotaru Șerban Țurcanu Văcărescu`,
  ),
  el: list(
    `Alexandros Despina Eleni Giorgos Ioanna Kostas Lefteris Maria Nikos Panagiota Stavros Vasiliki`,
    `Anagnostou Dimopoulos Economou Galanis Hatzis Karamanos Lambrou Mavridis Nikolaidis Papadakis Vlachos`,
  ),
  tr: list(
    `Ayşe Burak Çağla Deniz Elif Gökhan İpek Kerem Leyla Oğuz Özge Şebnem Tarık Ümit Zeynep`,
    `Akgün Bozkurt Çelebi Demirtaş Erdoğmuş Güneş Kılınç Özkaya Şimşek Taşkın Uçar Yıldırım`,
  ),
  ar: list(
    `Amina Bilal Dalia Faisal Hanan Ibrahim Jamila Khalid Layla Mahmoud Nadia Omar Rania Samir Yasmin Ziad`,
    `Abboud Al-Khatib Barakat Darwish El-Masri Fayyad Haddad Jabbour Khoury Mansour Nassar Qasim Rahal Saliba`,
  ),
  hi: list(
    `Aarav Bhavna Chetan Deepika Esha Gaurav Harini Ishaan Kavita Lakshmi Manish Neha Pradeep Rohini Sanjay Uma
     Vikram`,
    `Agarwal Bhattacharya Chaudhary Deshpande Gokhale Iyer Joshi Kulkarni Mehrotra Nambiar Pillai Raghunathan
     Saxena Trivedi Venkataraman`,
  ),
  zh: list(
    `Bowen Chenxi Fang Guowei Haoran Jiayi Lanying Mei Ning Qiang Ruolan Shufen Wenjing Xiuying Yating Zihan`,
    `Cao Deng Feng Gao Huang Jiang Liang Lü Pan Qiu Shen Tang Wei Xie Yuan Zhou`,
  ),
  ja: list(
    `Akiko Daichi Emi Fumio Haruka Ichirō Keiko Makoto Naoko Ryō Sayuri Shōta Takumi Yūko`,
    `Andō Endō Fujimoto Hoshino Inoue Katō Matsuda Nakagawa Ōnishi Saitō Shimizu Takeuchi Ueno Yoshida`,
  ),
  ko: list(
    `Bo-ram Dae-jung Eun-ji Ha-neul Hyun-woo Ji-won Kyung-soo Min-seo Seo-yeon Sung-ho Tae-hyun Yoo-jin`,
    `Ahn Baek Choi Gwak Hwang Jang Kang Min Noh Ryu Shin Yoon`,
  ),
  vi: list(
    `Anh_Thư Bảo Châu Đức Hạnh Hải_Yến Khánh Lan Minh_Quân Ngọc Phương Quỳnh Thảo Tuấn`,
    `Bùi Đặng Đỗ Hoàng Huỳnh Lý Nguyễn Phạm Phan Trần Trịnh Võ Vũ`,
  ),
  yo: list(
    `Adébáyọ̀ Bọ́lá Dúpẹ́ Fọlákẹ́ Ìdòwú Káyọ̀dé Mojísọ́lá Olúṣẹ́gun Ṣadé Táíwò Títílayọ̀ Yẹ́misí`,
    `Adéyẹmí Akíndélé Balógun Fálànà Ògúnbíyì Ọlátúnjí Ọ̀ṣúnkẹ́yẹ Ṣónúbi Ọyèdépò`,
  ),
  sw: list(
    `Amani Baraka Furaha Imani Juma Kamau Makena Neema Otieno Rehema Wanjiru Zawadi`,
    `Achieng Kariuki Kiprono Mwangi Mutua Ndungu Njoroge Odhiambo Wafula Waweru`,
  ),
};

export function makeName(random: Random, language: string): PersonName {
  const { given, family, twoFamilyNames } = lists[language] ?? lists['en']!;
  const first = random.pick(family);
  const second = twoFamilyNames && random.chance(0.4) ? random.pick(family) : first;
  return {
    given: random.pick(given),
    family: second === first ? first : `${first} ${second}`,
    language,
  };
}

/** A family name from the same list, as one takes at a wedding. */
export function otherFamilyName(random: Random, language: string): string {
  return random.pick((lists[language] ?? lists['en']!).family);
}

export const displayName = (name: PersonName): string => `${name.given} ${name.family}`;

const withoutAccent: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ı: 'i',
};

/** Lower-case ASCII letters only, as in the local part of an address or in a domain. */
export function asciiOf(text: string): string {
  return text
    .toLowerCase()
    .normalize('NFD')
    .replace(/[ßæœøłđı]/g, (letter) => withoutAccent[letter] ?? '')
    .replace(/[^a-z]/g, '');
}
