; platen.nsi: the installer for Windows: for whoever runs it, without an administrator. pack.sh calls makensis with
;   VERSION, NUMBERS (the same as four numbers), STAGE (the folder of what is installed), SIZE (of that, in KiB), OUT,
;   and where they are wanted SETTINGS (a roll-out file), SIGN (what signs a file), QUICK (for tests: packed without patience), AMD64 (where
;   this NSIS makes installers of 64 bits, as Debian's does; others of 32 do the same).
;
;   /S                     asks nothing and shows nothing; what went wrong stands in %TEMP%\platen-setup.log
;   /P                     asks nothing and shows that it works
;   /UPDATE /R /ARGS …     from Platen's own updater: start it again, with those arguments
;   /MSI                   the .msi makes the entry in Windows' settings, not this
;   /REMOVE                removes what is installed and keeps receipts and settings
;   /D=FOLDER              somewhere else (last, without quotes)
;
; Exit status: 0 done, 1 somebody said no, and 3 to 8 as in `Words of what went wrong` below.
;
; An upgrade puts the new files beside the old ones, has the new program show that it can run here, and only then asks Platen to
; end. Each file then takes its place whole or not at all, whenever the power goes; the programs before stay as *.previous.
Unicode true
!ifdef AMD64
  Target amd64-unicode
!endif
ManifestDPIAware true
ManifestSupportedOS all
RequestExecutionLevel user
!ifdef QUICK
  SetCompress off
!else
  SetCompressor /SOLID lzma
  SetCompressorDictSize 64
!endif

!include LogicLib.nsh
!include FileFunc.nsh
!include StrFunc.nsh
!include TextFunc.nsh
!include MUI2.nsh
${Using:StrFunc} StrStr

!define OURS "Software\Platen"

Name "Platen"
BrandingText " "
AutoCloseWindow true
OutFile "${OUT}"
InstallDir "$LOCALAPPDATA\Programs\Platen"
; Where somebody has put it with /D=, the next version goes too.
InstallDirRegKey HKCU "${OURS}" "Folder"
VIProductVersion "${NUMBERS}"
VIAddVersionKey /LANG=0 ProductName "Platen"
VIAddVersionKey /LANG=0 ProductVersion "${VERSION}"
VIAddVersionKey /LANG=0 FileVersion "${VERSION}"
VIAddVersionKey /LANG=0 FileDescription "Platen Setup"
VIAddVersionKey /LANG=0 CompanyName "Platen developers"
VIAddVersionKey /LANG=0 LegalCopyright "MIT or Apache-2.0"
!ifdef SIGN
  !uninstfinalize '${SIGN} "%1"'
!endif

!define WINDOWS "Software\Microsoft\Windows\CurrentVersion"
!define RUN "${WINDOWS}\Run"
!define ENTRY "${WINDOWS}\Uninstall\Platen"
; Where Windows keeps what people switched off in its own settings.
!define SAID "${WINDOWS}\Explorer\StartupApproved\Run"
!define AT_LOGIN '"$INSTDIR\platen.exe" --supervise --minimized'
!define WEBVIEW "Microsoft\EdgeUpdate\Clients\{F3017226-FE2A-4295-8BDF-00C3A9A7E4C5}"
; The small installer of WebView2, as Microsoft's documentation names it.
!define WEBVIEW_FROM "https://go.microsoft.com/fwlink/p/?LinkId=2124703"

; Words of what went wrong, by exit status.
!define ANOTHER_SETUP 3
!define NOT_WRITABLE 4
!define NO_ROOM 5
!define STILL_RUNS 6
!define CANNOT_RUN 7
!define NOBODY 8
!define OLDER 9

; How it is to go: asking, /P or /S.
Var shows
; Whether Platen ran, and has to again.
Var ran
Var updates
Var arguments
Var is_msi
; Whether a newer version may be replaced by this one.
Var downgrades
Var mutex
; Of the uninstaller: whether receipts and settings stay.
Var keep
; What went wrong: its exit status, and its words.
Var status
Var words

!define MUI_ICON "../../icons/platen.ico"
!define MUI_UNICON "../../icons/platen.ico"
!define MUI_WELCOMEFINISHPAGE_BITMAP "../../icons/setup.bmp"
!define MUI_WELCOMEPAGE_TITLE "$(W_TITLE)"
!define MUI_WELCOMEPAGE_TEXT "$(W_TEXT)"
!define MUI_PAGE_CUSTOMFUNCTION_PRE OnlyWhereItAsks
!insertmacro MUI_PAGE_WELCOME
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_UNPAGE_INSTFILES
!include words.nsh

Function OnlyWhereItAsks
  StrCmp $shows "" +2
    Abort
FunctionEnd

; What goes on, for whoever looks later: silent installers have no other voice.
!macro Note text
  DetailPrint "${text}"
  FileOpen $9 "$TEMP\platen-setup.log" a
  FileSeek $9 0 END
  FileWriteUTF16LE /BOM $9 "${VERSION}: ${text}$\r$\n"
  FileClose $9
!macroend
!define Note "!insertmacro Note"

!macro Fail code text
  StrCpy $status ${code}
  StrCpy $words "${text}"
  Call Failed
  Quit
!macroend
!define Fail "!insertmacro Fail"

; One setup at a time, for this person; from when it begins to work, as one that waits for a person is in nobody's way.
!macro OneAtATime
  System::Call 'kernel32::CreateMutexW(p 0, i 1, w "Local\PlatenSetup") p.r1 ?e'
  StrCpy $mutex $1
  Pop $1
  ${If} $1 = 183 ; ERROR_ALREADY_EXISTS
    ${Note} "$(W_ANOTHER_SETUP)"
    ; It ended itself for this.
    ${If} $updates != ""
    ${AndIf} ${FileExists} "$INSTDIR\platen.exe"
      Exec '${AT_LOGIN}'
    ${EndIf}
    StrCmp $shows "" 0 +2
      MessageBox MB_OK|MB_ICONSTOP "$(W_ANOTHER_SETUP)" /SD IDOK
    SetErrorLevel ${ANOTHER_SETUP}
    Quit
  ${EndIf}
!macroend

; Asks the running Platen to end, by the program at that place. $0 is "0" where none runs any more; $ran is 1 where one did.
!macro End program
  nsExec::ExecToStack /TIMEOUT=90000 '"${program}" stop'
  Pop $0
  Pop $1
  StrCpy $2 $1 16
  StrCmp $2 "Platen has ended" 0 +2
    StrCpy $ran 1
!macroend
!define End "!insertmacro End"

; Puts a new file in its place, whole and on the disk; waits for whoever still has it. $0 is 0 where it cannot be.
!macro Place name
  StrCpy $2 0
  ${Do}
    System::Call 'kernel32::MoveFileExW(w "$INSTDIR\next\${name}", w "$INSTDIR\${name}", i 9) i.r0 ?e'
    Pop $1
    IntOp $2 $2 + 1
    ${If} $0 <> 0
    ${OrIf} $2 > 100
      ${Break}
    ${EndIf}
    Sleep 100
  ${Loop}
!macroend
!define Place "!insertmacro Place"

; Keeps a program by a second name. $0 is 0 where it cannot be.
!macro Keep name
  Delete "$INSTDIR\${name}.previous"
  System::Call 'kernel32::CreateHardLinkW(w "$INSTDIR\${name}.previous", w "$INSTDIR\${name}", p 0) i.r0'
  ${If} $0 = 0
    System::Call 'kernel32::CopyFileW(w "$INSTDIR\${name}", w "$INSTDIR\${name}.previous", i 0) i.r0'
  ${EndIf}
!macroend
!define Keep "!insertmacro Keep"

; Removes a program, which may just be ending.
!macro Away name
  StrCpy $2 0
  ${Do}
    Delete "$INSTDIR\${name}"
    IntOp $2 $2 + 1
    ${IfNot} ${FileExists} "$INSTDIR\${name}"
    ${OrIf} $2 > 100
      ${Break}
    ${EndIf}
    Sleep 100
  ${Loop}
!macroend
!define Away "!insertmacro Away"

!macro PutBack name
  System::Call 'kernel32::MoveFileExW(w "$INSTDIR\${name}.previous", w "$INSTDIR\${name}", i 9)'
!macroend
!define PutBack "!insertmacro PutBack"

Function .onInit
  SetShellVarContext current
  ${GetParameters} $0
  ; What stands behind /ARGS is Platen's.
  ${StrStr} $1 "$0 " " /ARGS "
  ${If} $1 != ""
    StrCpy $arguments $1 "" 7
    StrLen $2 $1
    StrLen $3 "$0 "
    IntOp $3 $3 - $2
    StrCpy $0 $0 $3
  ${EndIf}
  ClearErrors
  ${GetOptions} $0 "/P" $1
  ${IfNot} ${Errors}
    StrCpy $shows /P
  ${EndIf}
  ${If} ${Silent}
    StrCpy $shows /S
  ${EndIf}
  ClearErrors
  ${GetOptions} $0 "/UPDATE" $1
  ${IfNot} ${Errors}
    StrCpy $updates 1
    ; It ended itself for this.
    StrCpy $ran 1
  ${EndIf}
  ClearErrors
  ${GetOptions} $0 "/MSI" $1
  ${IfNot} ${Errors}
    StrCpy $is_msi 1
  ${EndIf}
  ClearErrors
  ${GetOptions} $0 "/DOWNGRADE" $1
  ${IfNot} ${Errors}
    StrCpy $downgrades 1
  ${EndIf}
  ClearErrors
  ${GetOptions} $0 "/REMOVE" $1
  ${IfNot} ${Errors}
    Call Remove
  ${EndIf}
FunctionEnd

; By the uninstaller of what is installed; waits for it. An .msi that goes because another one has come takes nothing away: not every
; installer of Windows tells it so.
Function Remove
  !insertmacro OneAtATime
  ReadRegStr $0 HKCU "${OURS}" "Msi"
  ${If} $0 != ""
  ${AndIf} $0 != "${VERSION}"
    SetErrorLevel 0
    Quit
  ${EndIf}
  ${If} ${FileExists} "$INSTDIR\uninstall.exe"
    ; That one's turn.
    System::Call 'kernel32::CloseHandle(p $mutex)'
    InitPluginsDir
    CopyFiles /SILENT "$INSTDIR\uninstall.exe" "$PLUGINSDIR\uninstall.exe"
    ExecWait '"$PLUGINSDIR\uninstall.exe" /S _?=$INSTDIR' $0
    SetErrorLevel $0
  ${EndIf}
  Quit
FunctionEnd

Section
  !insertmacro OneAtATime
  ${If} $PROFILE != ""
    ${StrStr} $0 $PROFILE "\config\systemprofile"
    ${If} $0 != ""
      ${Fail} ${NOBODY} "$(W_NOBODY)"
    ${EndIf}
  ${EndIf}

  ; Beside what is there.
  RMDir /r "$INSTDIR\next"
  ClearErrors
  CreateDirectory "$INSTDIR\next"
  ${If} ${Errors}
    ${Fail} ${NOT_WRITABLE} "$(W_NOT_WRITABLE)"
  ${EndIf}
  ; The programs before are kept by a second name, which takes no room on NTFS.
  System::Call 'kernel32::GetDiskFreeSpaceExW(w "$INSTDIR\next", *l.r0, p 0, p 0) i.r1'
  System::Int64Op $0 / 1024
  Pop $0
  System::Int64Op $0 < ${SIZE}
  Pop $0
  ${If} $1 <> 0
  ${AndIf} $0 <> 0
    ${Fail} ${NO_ROOM} "$(W_NO_ROOM)"
  ${EndIf}
  SetOutPath "$INSTDIR\next"
  SetOverwrite try
  ClearErrors
  File "${STAGE}/*"
  !ifdef SETTINGS
    File "/oname=platen.toml" "${SETTINGS}"
  !endif
  WriteUninstaller "$INSTDIR\next\uninstall.exe"
  ; What is current cannot be removed.
  SetOutPath "$TEMP"
  ${If} ${Errors}
    ${Fail} ${NOT_WRITABLE} "$(W_NOT_WRITABLE)"
  ${EndIf}

  ; A version that misses something on this computer is left alone, while the one before runs on.
  nsExec::Exec /TIMEOUT=60000 '"$INSTDIR\next\platen.exe" --version'
  Pop $0
  ${If} $0 != "0"
    ${Fail} ${CANNOT_RUN} "$(W_CANNOT_RUN)"
  ${EndIf}

  ; What a newer version has written, an older one may not be able to read. The one in place says which it is.
  ${If} $downgrades == ""
  ${AndIf} ${FileExists} "$INSTDIR\platen.exe"
    nsExec::ExecToStack /TIMEOUT=60000 '"$INSTDIR\platen.exe" --version'
    Pop $0
    Pop $1
    ${If} $0 == "0"
      StrCpy $1 $1 "" 7 ; behind "platen "
      ${TrimNewLines} $1 $1
      nsExec::Exec /TIMEOUT=60000 '"$INSTDIR\next\platen.exe" --replaces $1'
      Pop $0
      ${If} $0 == ${OLDER}
        ${If} $is_msi != ""
          ; To a tool that manages computers, a newer one is what it wanted.
          ${Fail} 0 "$(W_OLDER)"
        ${EndIf}
        ${Fail} ${OLDER} "$(W_OLDER)"
      ${EndIf}
    ${EndIf}
  ${EndIf}

  ${Note} "$(W_ENDING)"
  ${End} "$INSTDIR\next\platenctl.exe"
  ${If} $0 != "0"
    ${Fail} ${STILL_RUNS} "$(W_STILL_RUNS)"
  ${EndIf}

  ${If} ${FileExists} "$INSTDIR\platen.exe"
    ${Keep} platenctl.exe
    ${If} $0 <> 0
      ${Keep} platen.exe
    ${EndIf}
    ${If} $0 = 0
      ${Fail} ${NO_ROOM} "$(W_NO_ROOM)"
    ${EndIf}
  ${EndIf}
  FindFirst $3 $4 "$INSTDIR\next\*"
  ${DoWhile} $4 != ""
    ${If} $4 != "."
    ${AndIf} $4 != ".."
    ${AndIf} $4 != "platen.exe"
      ${Place} $4
      ${If} $0 = 0
        ${Break}
      ${EndIf}
    ${EndIf}
    FindNext $3 $4
  ${Loop}
  FindClose $3
  ${If} $0 <> 0
    ; The last one: it is what starts.
    ${Place} platen.exe
  ${EndIf}
  ${If} $0 = 0
    ${PutBack} platenctl.exe
    ${If} $1 = 5
    ${OrIf} $1 = 32
      ${Fail} ${STILL_RUNS} "$(W_STILL_RUNS)"
    ${EndIf}
    ${Fail} ${NOT_WRITABLE} "$(W_NOT_WRITABLE)"
  ${EndIf}
  RMDir /r "$INSTDIR\next"
  ; A version that was taken back; what supervised it may just be ending.
  ${Away} platen.exe.failed

  ; Of Windows. A start at login that somebody took away stays away.
  ReadRegStr $0 HKCU "${RUN}" "Platen"
  ${If} $0 != ""
  ${OrIfNot} ${FileExists} "$INSTDIR\platen.exe.previous"
    WriteRegStr HKCU "${RUN}" "Platen" '${AT_LOGIN}'
  ${EndIf}
  WriteRegStr HKCU "${OURS}" "Folder" "$INSTDIR"
  CreateShortCut "$SMPROGRAMS\Platen.lnk" "$INSTDIR\platen.exe" "--supervise"
  ReadRegStr $0 HKCU "${ENTRY}" "DisplayVersion"
  ${If} $is_msi == ""
    ; What came as .msi has its entry, also when the updater brings the next version.
    ${If} $updates == ""
    ${OrIf} $0 != ""
      WriteRegStr HKCU "${ENTRY}" "DisplayName" "Platen"
      WriteRegStr HKCU "${ENTRY}" "DisplayVersion" "${VERSION}"
      WriteRegStr HKCU "${ENTRY}" "DisplayIcon" "$INSTDIR\platen.exe"
      WriteRegStr HKCU "${ENTRY}" "Publisher" "Platen developers"
      WriteRegStr HKCU "${ENTRY}" "InstallLocation" "$INSTDIR"
      WriteRegStr HKCU "${ENTRY}" "UninstallString" '"$INSTDIR\uninstall.exe"'
      WriteRegStr HKCU "${ENTRY}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
      WriteRegDWORD HKCU "${ENTRY}" "EstimatedSize" ${SIZE}
      WriteRegDWORD HKCU "${ENTRY}" "NoModify" 1
      WriteRegDWORD HKCU "${ENTRY}" "NoRepair" 1
    ${EndIf}
  ${EndIf}

  ${If} $updates != ""
    Exec '"$INSTDIR\platen.exe" --supervise $arguments'
  ${ElseIf} $shows == ""
    ; With its window, where the till is not set up yet.
    Exec '"$INSTDIR\platen.exe" --supervise'
  ${Else}
    Exec '${AT_LOGIN}'
  ${EndIf}
  ${Note} "$(W_DONE)"
  Call AskForWebview
SectionEnd

; Only the window needs it: who says no prints without.
Function AskForWebview
  ReadRegStr $0 HKLM "SOFTWARE\WOW6432Node\${WEBVIEW}" "pv"
  ${If} $0 == ""
    ReadRegStr $0 HKCU "Software\${WEBVIEW}" "pv"
  ${EndIf}
  ${If} $0 == ""
  ${OrIf} $0 == "0.0.0.0"
    ${Note} "$(W_NO_WEBVIEW)"
    StrCmp $shows "" 0 done
    MessageBox MB_YESNO|MB_ICONQUESTION "$(W_WEBVIEW)" /SD IDNO IDNO done
      ExecShell open "${WEBVIEW_FROM}"
  ${EndIf}
  done:
FunctionEnd

; The version before goes on, and whoever is there is told why.
Function Failed
  SetOutPath "$TEMP"
  RMDir /r "$INSTDIR\next"
  ; Only where nothing else is in it.
  RMDir "$INSTDIR"
  ${If} $ran <> 0
  ${AndIf} ${FileExists} "$INSTDIR\platen.exe"
    Exec '${AT_LOGIN}'
  ${EndIf}
  ${Note} "$words"
  SetErrorLevel $status
  StrCmp $shows "" 0 +2
    MessageBox MB_OK|MB_ICONSTOP "$words" /SD IDOK
FunctionEnd

; A file could not be written to its end.
Function .onInstFailed
  StrCpy $status ${NO_ROOM}
  StrCpy $words "$(W_NO_ROOM)"
  Call Failed
FunctionEnd

Function un.onInit
  SetShellVarContext current
  ${If} ${Silent}
    StrCpy $shows /S
  ${EndIf}
FunctionEnd

Section Uninstall
  StrCpy $keep yes
  ${If} $shows == ""
    MessageBox MB_YESNOCANCEL|MB_ICONQUESTION "$(W_KEEP)" /SD IDYES IDYES answered IDNO no
      SetErrorLevel 1
      Quit
    no:
      StrCpy $keep no
    answered:
  ${Else}
    ${GetParameters} $0
    ClearErrors
    ${GetOptions} $0 "/FORGET" $1
    ${IfNot} ${Errors}
      StrCpy $keep no
    ${EndIf}
  ${EndIf}

  !insertmacro OneAtATime
  ${End} "$INSTDIR\platenctl.exe"
  ${If} $0 != "0"
  ${AndIf} ${FileExists} "$INSTDIR\platenctl.exe"
    ${Note} "$(W_STILL_RUNS)"
    StrCmp $shows "" 0 +2
      MessageBox MB_OK|MB_ICONSTOP "$(W_STILL_RUNS)" /SD IDOK
    SetErrorLevel ${STILL_RUNS}
    Quit
  ${EndIf}
  DeleteRegValue HKCU "${RUN}" "Platen"
  DeleteRegValue HKCU "${SAID}" "Platen"
  DeleteRegKey HKCU "${ENTRY}"
  DeleteRegValue HKCU "${OURS}" "Folder"
  DeleteRegKey /ifempty HKCU "${OURS}"
  Delete "$SMPROGRAMS\Platen.lnk"
  ${Away} platen.exe
  ${If} ${FileExists} "$INSTDIR\platen.exe"
    ; One that was just starting when all were asked to end.
    ${End} "$INSTDIR\platenctl.exe"
    ${Away} platen.exe
  ${EndIf}
  ${Away} platen.exe.failed
  ; By name: the folder may be one in which somebody keeps other things.
  !include "${FILES}"
  Delete "$INSTDIR\platen.toml"
  Delete "$INSTDIR\*.previous"
  RMDir /r "$INSTDIR\next"
  Delete "$INSTDIR\uninstall.exe"
  RMDir "$INSTDIR"
  ; What the window kept for itself; no settings.
  RMDir /r "$LOCALAPPDATA\org.platen.desktop"
  ${If} $keep == no
    RMDir /r "$LOCALAPPDATA\platen"
  ${EndIf}
  Delete "$TEMP\platen-setup.log"
SectionEnd
