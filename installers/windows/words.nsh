; words.nsh: what the installer says, in the languages of Platen. The first one is spoken where Windows speaks none of them.
!macro Words id en fr ar
  LangString ${id} ${LANG_ENGLISH} "${en}"
  LangString ${id} ${LANG_FRENCH} "${fr}"
  LangString ${id} ${LANG_ARABIC} "${ar}"
!macroend

!insertmacro MUI_LANGUAGE English
!insertmacro MUI_LANGUAGE French
!insertmacro MUI_LANGUAGE Arabic

!insertmacro Words W_TITLE "Platen ${VERSION}" "Platen ${VERSION}" "Platen ${VERSION}"
!insertmacro Words W_TEXT \
  "Platen puts on this till’s printers what the shop’s system sends.$\r$\n$\r$\nIt is installed for you alone, needs no administrator, and starts whenever you log in. A Platen that runs finishes its receipt first; nothing that waits is lost." \
  "Platen imprime sur les imprimantes de cette caisse ce que le système du magasin envoie.$\r$\n$\r$\nIl est installé pour vous seul, sans administrateur, et démarre à chaque ouverture de session. Un Platen en marche termine d’abord son ticket ; rien de ce qui attend n’est perdu." \
  "يطبع Platen على طابعات هذا الصندوق ما يرسله نظام المتجر.$\r$\n$\r$\nيُثبَّت لك وحدك دون مسؤول، ويبدأ كلما سجّلت الدخول. إن كان Platen يعمل فإنه ينهي إيصاله أولاً، ولا يضيع شيء مما ينتظر."
!insertmacro Words W_ENDING \
  "Asking the running Platen to finish and end" \
  "Le Platen en marche est prié de terminer" \
  "يُطلب من Platen الذي يعمل أن ينهي ويتوقف"
!insertmacro Words W_DONE \
  "Platen is installed and starts." \
  "Platen est installé et démarre." \
  "ثُبّت Platen وهو يبدأ."
!insertmacro Words W_ANOTHER_SETUP \
  "Platen is already being installed or removed. Wait until that is done." \
  "Platen est déjà en cours d’installation ou de suppression. Attendez la fin." \
  "يجري بالفعل تثبيت Platen أو إزالته. انتظر حتى ينتهي ذلك."
!insertmacro Words W_NOT_WRITABLE \
  "The folder $INSTDIR cannot be written. Ask whoever looks after this computer to let you write there, then start this again. The Platen that was there is as it was." \
  "Impossible d’écrire dans le dossier $INSTDIR. Demandez à la personne qui gère cet ordinateur de vous y autoriser, puis recommencez. Le Platen qui s’y trouvait est inchangé." \
  "لا يمكن الكتابة في المجلد $INSTDIR. اطلب ممن يعتني بهذا الحاسوب أن يسمح لك بالكتابة فيه، ثم ابدأ من جديد. بقي Platen السابق كما كان."
!insertmacro Words W_NO_ROOM \
  "The disk has no room for Platen. Delete what nobody needs, or empty the bin, then start this again. The Platen that was there is as it was." \
  "Le disque n’a pas assez de place pour Platen. Supprimez ce qui ne sert plus ou videz la corbeille, puis recommencez. Le Platen qui s’y trouvait est inchangé." \
  "لا يتسع القرص لـ Platen. احذف ما لا يحتاجه أحد أو أفرغ سلة المحذوفات، ثم ابدأ من جديد. بقي Platen السابق كما كان."
!insertmacro Words W_STILL_RUNS \
  "Platen still runs and does not end. Choose Quit in its menu beside the clock, wait a minute, then start this again. It is as it was." \
  "Platen est encore en marche et ne se termine pas. Choisissez Quitter dans son menu près de l’horloge, attendez une minute, puis recommencez. Il est inchangé." \
  "ما زال Platen يعمل ولا يتوقف. اختر الإنهاء من قائمته بجانب الساعة، وانتظر دقيقة، ثم ابدأ من جديد. بقي كما كان."
!insertmacro Words W_CANNOT_RUN \
  "This version of Platen cannot run on this computer. Windows 10 or newer for 64 bits is needed. The Platen that was there is as it was." \
  "Cette version de Platen ne peut pas fonctionner sur cet ordinateur. Il faut Windows 10 ou plus récent, en 64 bits. Le Platen qui s’y trouvait est inchangé." \
  "لا يمكن لهذا الإصدار من Platen أن يعمل على هذا الحاسوب. يلزم Windows 10 أو أحدث بمعمارية 64 بت. بقي Platen السابق كما كان."
!insertmacro Words W_OLDER \
  "A newer Platen is on this computer already. It is as it was, and nothing has to be done." \
  "Un Platen plus récent est déjà sur cet ordinateur. Il est inchangé, et il n’y a rien à faire." \
  "يوجد على هذا الحاسوب إصدار أحدث من Platen. بقي كما كان، ولا شيء يلزم فعله."
!insertmacro Words W_NOBODY \
  "Platen is installed for the person at the till, and nobody is logged in here. Have it installed in the user’s context." \
  "Platen s’installe pour la personne à la caisse, et personne n’a ouvert de session ici. Faites-le installer dans le contexte de l’utilisateur." \
  "يُثبَّت Platen للشخص الجالس إلى الصندوق، ولا أحد مسجَّل الدخول هنا. ثبّته في سياق المستخدم."
!insertmacro Words W_NO_WEBVIEW \
  "Microsoft’s WebView2 is not on this computer: Platen prints, and its window has to wait for it." \
  "WebView2 de Microsoft manque à cet ordinateur : Platen imprime, et sa fenêtre l’attend." \
  "لا يوجد WebView2 من Microsoft على هذا الحاسوب: يطبع Platen، وتنتظره نافذته."
!insertmacro Words W_WEBVIEW \
  "Platen’s window needs Microsoft’s WebView2, which this computer does not have. Printing and the icon beside the clock work without it.$\r$\n$\r$\nHave your browser fetch it from Microsoft now? Open the file that comes." \
  "La fenêtre de Platen a besoin de WebView2 de Microsoft, qui manque à cet ordinateur. L’impression et l’icône près de l’horloge fonctionnent sans lui.$\r$\n$\r$\nLe faire télécharger par votre navigateur chez Microsoft maintenant ? Ouvrez le fichier reçu." \
  "تحتاج نافذة Platen إلى WebView2 من Microsoft، وهو غير موجود على هذا الحاسوب. تعمل الطباعة والأيقونة بجانب الساعة من دونه.$\r$\n$\r$\nهل ينزّله متصفحك من Microsoft الآن؟ افتح الملف الذي يصل."
!insertmacro Words W_KEEP \
  "Keep the receipts and settings of this till, for a Platen that is installed later?" \
  "Garder les tickets et les réglages de cette caisse, pour un Platen installé plus tard ?" \
  "هل تُحفظ إيصالات هذا الصندوق وإعداداته لتثبيت لاحق لـ Platen؟"
