/**
 * Words that people often use in passwords: names, months, teams, games, and words from sign-up
 * forms.
 */
export const COMMON_WORDS: ReadonlySet<string> = new Set(
  `
  access account admin administrator airplane alexander alexandra amanda america american andrea andrew angel angels
  animal anthony anything apple april arsenal arthur august austin autumn azerty babe baby babygirl backup badboy
  banana bandit barcelona baseball basketball batman beach bear beautiful because believe benjamin berlin beyonce
  biteme black blessed blink blue bond bonjour boomer boston brandon brasil broken brother bubbles buddy bulldog
  business butterfly california cameron canada cannot captain carlos caroline change changeme charlie cheeseburger
  chelsea cherry chester chevrolet chicago chicken chocolate chris christ christian christina christmas christopher
  cisco civilization classic cocacola coffee college company compaq computer configuration construction contact
  contrasena control cookie cooper corona corporate corvette cosmopolitan counter counterstrike cowboy cowboys
  creative cricket crystal customer dallas daniel daniela danielle database david december default demo denver destiny
  devilmaycry diablo diamond digital disney doctor dolphin domain donald dragon drowssap eagles earth elephant
  elizabeth email eminem enter entertainment everton example family fantasy february ferrari final finalfantasy fire
  fish florida flower flowers football forever foreveryoung forgot formula france frank freddy free freedom friday
  friend friends gandalf gateway genesis george germany gfhjkm ghbdtn ghost giants ginger god golden golf good
  goodluck google green greenlantern guest guitar hacker hallo hamster handsome hannah happy hardcore harley heart
  heaven hello helpme hockey hola home honda honey hotmail hottie house hunter iceman iloveyou india intelligence
  inter international internet invisible italy jackson jaguar james january jasmine jason jennifer jessica jesus
  jonathan jordan joseph joshua july june justin justinbieber justine juventus kawasaki kennwort killer king kitten
  knight lakers lauren leave leavemealone legend leonardo letmein liberty little liverpool loading login london lord
  lost love lovely loveme lover loveyou lucky madison madrid maggie magic mail manager manchester march marina marine
  mario marlboro martin master matrix matthew maverick mercedes merlin metallica mexico michael michelle mickey
  midnight mike miller minecraft mister monday money monica monkey monster montana morgan mortalkombat motdepasse
  mother mountain movie murphy music mustang mylove naruto nascar natalie natasha nathan nature needforspeed network
  never newpass newyork nicholas nicole nightcrawler ninja nintendo nirvana nissan none nothing november number
  october office oliver online open operator orange orlando oscar pakistan panther paradise paris parker pass passion
  passme passphrase passw passwd password passwort patrick peace peaches peanut peanutbutter pepper peter philadelphia
  phoenix photo picture pirate pizza platinum playboy player playstation please pokemon police porsche precious prince
  princess private professional project promise punksnotdead qazwsx queen rabbit rachel raiders rainbow ranger rangers
  rebecca red residentevil richard robert roblox rocket rocky ronaldo root runescape russia sabrina sakura samantha
  samsung samuel sandra sanfrancisco satisfaction saturday scandinavian schatz scooter scorpio scorpion scotland
  secret secure security senha september server service seven shadow sharon shopping shorty silver simple singer
  single sister skater skyline slayer slipknot smile snoopy snowball soccer softball soleil someone something sommer
  sonnenschein sonyericsson spider spiderman spring squirt stalker star stargate stars starwars steelers stephen
  steven stratocaster strawberry student subaru sugar summer sunday sunflower sunny sunshine super superimap superman
  supernatural superstar support surfer suzuki sweet sweetheart sweety swordfish system systemofadown tammy taylor
  tennis teresa test tester testing thankyou the thing this thomas thunder thursday thx ticketmaster tiger tigers
  tinkerbell titanic today together tomorrow toyota transformers travel trinity trouble trustme trustno tuesday turtle
  tweety twilight unbelievable united unknown user valentina vanessa victor victoria vincent volleyball warcraft
  warhammer warrior water websolutions wednesday weihnachtsbaum welcome whatever white william williams windows winner
  winter wisdom wizard wolf women work world xbox yahoo yamaha yankees yellow yourself zxcvbn
  `
    .trim()
    .split(/\s+/),
);
